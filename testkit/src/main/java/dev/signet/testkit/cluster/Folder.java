package dev.signet.testkit.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.util.Base64;
import java.util.List;

/**
 * What one control plane keeps on disk: ports, certificates, kubeconfigs, etcd's data, logs and
 * process ids. A folder that was used before is used again as it is. Only its owner can read it.
 *
 * <p>etcd and the front proxy have authorities of their own: a certificate of the cluster's
 * authority makes its holder a user, and nothing else.
 */
final class Folder {

  private static final List<String> MASTERS = List.of("system:masters");

  private final Path root;
  private final String host;
  private final Ports ports;
  private final Authority users;
  private final Identity admin;
  private final Identity frontProxy;
  private final Identity etcdClient;
  private final Authority etcdAuthority;

  private Folder(
      Path root,
      String host,
      Ports ports,
      Authority users,
      Identity admin,
      Identity frontProxy,
      Authority etcdAuthority,
      Identity etcdClient) {
    this.root = root;
    this.host = host;
    this.ports = ports;
    this.users = users;
    this.admin = admin;
    this.frontProxy = frontProxy;
    this.etcdAuthority = etcdAuthority;
    this.etcdClient = etcdClient;
  }

  /**
   * Makes or opens it.
   *
   * @param host the address that the servers listen on
   */
  static Folder open(Path root, String host) throws IOException {
    return Files.exists(root.resolve("ports")) ? read(root, host) : create(root, host);
  }

  private static Folder create(Path root, String host) throws IOException {
    Files.createDirectories(root);
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
    Authority users = Authority.create("cluster");
    Authority etcdAuthority = Authority.create("etcd");
    Authority frontProxies = Authority.create("front-proxy");
    Folder folder =
        new Folder(
            root,
            host,
            Ports.free(),
            users,
            users.client("admin", MASTERS),
            frontProxies.client("front-proxy", List.of()),
            etcdAuthority,
            etcdAuthority.client("kube-apiserver", List.of()));
    List<String> names =
        List.of("localhost", host, "127.0.0.1", "10.0.0.1", "kubernetes.default.svc");
    folder.write("cluster", users.identity());
    folder.write("admin", folder.admin);
    folder.write("server", users.server("kube-apiserver", names));
    folder.write("etcd-cluster", etcdAuthority.identity());
    folder.write("etcd-server", etcdAuthority.server("etcd", names));
    folder.write("etcd-client", folder.etcdClient);
    folder.write("front-proxy-cluster", frontProxies.identity());
    folder.write("front-proxy", folder.frontProxy);
    KeyPair accounts = Authority.keyPair();
    Files.writeString(
        root.resolve("service-accounts.pub"),
        Identity.pem("PUBLIC KEY", accounts.getPublic().getEncoded()));
    Files.writeString(
        root.resolve("service-accounts.key"),
        Identity.pem("PRIVATE KEY", accounts.getPrivate().getEncoded()));
    folder.writeKubeconfig("kubeconfig", folder.server(), folder.admin);
    folder.writeKubeconfig(
        "controller-manager.kubeconfig",
        folder.server(),
        users.client("system:kube-controller-manager", List.of()));
    folder.ports.write(root.resolve("ports"));
    return folder;
  }

  private static Folder read(Path root, String host) throws IOException {
    return new Folder(
        root,
        host,
        Ports.read(root.resolve("ports")),
        new Authority(readIdentity(root, "cluster")),
        readIdentity(root, "admin"),
        readIdentity(root, "front-proxy"),
        new Authority(readIdentity(root, "etcd-cluster")),
        readIdentity(root, "etcd-client"));
  }

  Path root() {
    return root;
  }

  String file(String name) {
    return root.resolve(name).toString();
  }

  String host() {
    return host;
  }

  Ports ports() {
    return ports;
  }

  String server() {
    return "https://" + host + ":" + ports.apiServer();
  }

  Authority users() {
    return users;
  }

  Identity admin() {
    return admin;
  }

  /** It may tell the API server, in headers, for whom it asks. */
  Identity frontProxy() {
    return frontProxy;
  }

  Authority etcdAuthority() {
    return etcdAuthority;
  }

  Identity etcdClient() {
    return etcdClient;
  }

  Path writeKubeconfig(String name, String server, Identity user) throws IOException {
    return Files.writeString(root.resolve(name), kubeconfig(server, user));
  }

  /** A kubeconfig that needs no other file. */
  String kubeconfig(String server, Identity user) {
    return """
    apiVersion: v1
    kind: Config
    clusters:
    - name: signet-test
      cluster:
        server: %s
        certificate-authority-data: %s
    users:
    - name: user
      user:
        client-certificate-data: %s
        client-key-data: %s
    contexts:
    - name: signet-test
      context:
        cluster: signet-test
        user: user
    current-context: signet-test
    """
        .formatted(
            server,
            base64(Identity.pem(users.certificate())),
            base64(user.certificatePem()),
            base64(user.keyPem()));
  }

  private void write(String name, Identity identity) throws IOException {
    Files.writeString(root.resolve(name + ".crt"), identity.certificatePem());
    Files.writeString(root.resolve(name + ".key"), identity.keyPem());
  }

  private static Identity readIdentity(Path root, String name) throws IOException {
    return Identity.read(root.resolve(name + ".crt"), root.resolve(name + ".key"));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
