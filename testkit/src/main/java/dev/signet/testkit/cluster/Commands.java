package dev.signet.testkit.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** The command lines of the three servers. All their files are in the folder, named absolutely. */
final class Commands {

  static final String AUDIT_LOG = "audit.log";

  private static final String AUDIT_POLICY =
      """
      {
        "apiVersion": "audit.k8s.io/v1",
        "kind": "Policy",
        "omitStages": ["RequestReceived"],
        "rules": [{"level": "Metadata"}]
      }
      """;

  /** What works without nodes and volumes. By default it starts controllers slowly, at 20 QPS. */
  private static final String CONTROLLERS =
      String.join(
          ",",
          "clusterrole-aggregation-controller",
          "cronjob-controller",
          "daemonset-controller",
          "deployment-controller",
          "endpoints-controller",
          "endpointslice-controller",
          "garbage-collector-controller",
          "job-controller",
          "namespace-controller",
          "replicaset-controller",
          "resourcequota-controller",
          "root-ca-certificate-publisher-controller",
          "serviceaccount-controller",
          "serviceaccount-token-controller",
          "statefulset-controller");

  private final Programs programs;
  private final Folder folder;

  Commands(Programs programs, Folder folder) {
    this.programs = programs;
    this.folder = folder;
  }

  List<String> etcd() {
    String clients = "https://" + folder.host() + ":" + folder.ports().etcd();
    String peers = "https://" + folder.host() + ":" + folder.ports().etcdPeer();
    return List.of(
        programs.etcd().toString(),
        "--name=default",
        "--data-dir=" + folder.file("etcd"),
        "--unsafe-no-fsync",
        "--quota-backend-bytes=4294967296",
        "--listen-client-urls=" + clients,
        "--advertise-client-urls=" + clients,
        "--listen-peer-urls=" + peers,
        "--initial-advertise-peer-urls=" + peers,
        "--initial-cluster=default=" + peers,
        "--cert-file=" + folder.file("etcd-server.crt"),
        "--key-file=" + folder.file("etcd-server.key"),
        "--trusted-ca-file=" + folder.file("etcd-cluster.crt"),
        "--client-cert-auth",
        "--peer-cert-file=" + folder.file("etcd-server.crt"),
        "--peer-key-file=" + folder.file("etcd-server.key"),
        "--peer-trusted-ca-file=" + folder.file("etcd-cluster.crt"),
        "--peer-client-cert-auth");
  }

  List<String> apiServer(List<String> more) {
    writePolicy();
    List<String> command =
        new ArrayList<>(
            List.of(
                programs.apiServer().toString(),
                "--bind-address=" + folder.host(),
                "--advertise-address=" + folder.host(),
                "--secure-port=" + folder.ports().apiServer(),
                "--endpoint-reconciler-type=none",
                "--service-cluster-ip-range=10.0.0.0/24",
                "--tls-cert-file=" + folder.file("server.crt"),
                "--tls-private-key-file=" + folder.file("server.key"),
                "--client-ca-file=" + folder.file("cluster.crt"),
                "--authorization-mode=RBAC",
                "--allow-privileged",
                "--requestheader-client-ca-file=" + folder.file("front-proxy-cluster.crt"),
                "--requestheader-allowed-names=front-proxy",
                "--requestheader-username-headers=X-Remote-User",
                "--requestheader-group-headers=X-Remote-Group",
                "--requestheader-extra-headers-prefix=X-Remote-Extra-",
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + folder.file("service-accounts.pub"),
                "--service-account-signing-key-file=" + folder.file("service-accounts.key"),
                "--etcd-servers=https://" + folder.host() + ":" + folder.ports().etcd(),
                "--etcd-cafile=" + folder.file("etcd-cluster.crt"),
                "--etcd-certfile=" + folder.file("etcd-client.crt"),
                "--etcd-keyfile=" + folder.file("etcd-client.key"),
                "--audit-policy-file=" + folder.file("audit-policy.json"),
                "--audit-log-path=" + folder.file(AUDIT_LOG),
                // Readers go on where they were; at 100 MB the log would begin anew.
                "--audit-log-maxsize=1000000"));
    command.addAll(more);
    return command;
  }

  List<String> controllerManager() {
    String kubeconfig = folder.file("controller-manager.kubeconfig");
    return List.of(
        programs.controllerManager().toString(),
        "--kubeconfig=" + kubeconfig,
        "--authentication-kubeconfig=" + kubeconfig,
        "--authorization-kubeconfig=" + kubeconfig,
        "--bind-address=" + folder.host(),
        "--secure-port=" + folder.ports().controllerManager(),
        "--tls-cert-file=" + folder.file("server.crt"),
        "--tls-private-key-file=" + folder.file("server.key"),
        "--leader-elect=false",
        "--controllers=" + CONTROLLERS,
        "--kube-api-qps=200",
        "--kube-api-burst=400",
        "--use-service-account-credentials",
        "--service-account-private-key-file=" + folder.file("service-accounts.key"),
        "--root-ca-file=" + folder.file("cluster.crt"));
  }

  private void writePolicy() {
    try {
      Files.writeString(folder.root().resolve("audit-policy.json"), AUDIT_POLICY);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the audit policy", e);
    }
  }
}
