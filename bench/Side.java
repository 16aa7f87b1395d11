import dev.signet.core.sealing.SealingKey;
import dev.signet.dialects.CustomResourceDefinitions;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.KubernetesVersion;
import dev.signet.testkit.cluster.Programs;
import dev.signet.yaml.GoJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** One controller's control plane, and how that controller is started there. */
final class Side implements AutoCloseable {

  /** Where the keys, the Lease and the service account are. */
  static final String HOME = "bench";

  static final int NAMESPACES = 10;
  static final String SEALED_SECRETS = "/apis/bitnami.com/v1alpha1";

  private static final String ACCOUNT = "controller";
  private static final int AT_ONCE = 8;

  final String name;
  private final Path folder;
  private final Launch launch;
  private final ControlPlane plane;
  private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
  private int starts;

  /** How a controller is called. */
  interface Launch {
    /** What it finds at /opt/signet, or nothing. */
    String home();

    List<String> command(int port, boolean limited);

    /** How the metrics begin that count its looks at objects. */
    String counted();
  }

  Side(String name, Path folder, Launch launch) throws IOException {
    this.name = name;
    this.folder = Files.createDirectories(folder);
    this.launch = launch;
    this.plane = ControlPlane.start(
        ControlPlane.Options.of(Programs.needed(KubernetesVersion.ofThisRun())).inFolder(folder.resolve("plane")));
    for (Map<String, ?> definition : CustomResourceDefinitions.all()) {
      plane.api().post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", json(definition)).orFail();
    }
    Eventually.holds(Duration.ofSeconds(30), "the kinds to be served",
        () -> plane.api().get(SEALED_SECRETS + "/sealedsecrets").ok());
    namespace(HOME);
    for (int i = 0; i < NAMESPACES; i++) {
      namespace("team-" + i);
    }
    namespace("foreign");
    plane.api().post("/api/v1/namespaces/" + HOME + "/serviceaccounts", json(Map.of("metadata", Map.of("name", ACCOUNT)))).orFail();
    plane.api().post("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", json(Map.of(
        "metadata", Map.of("name", ACCOUNT),
        "roleRef", Map.of("apiGroup", "rbac.authorization.k8s.io", "kind", "ClusterRole", "name", "cluster-admin"),
        "subjects", List.of(Map.of("kind", "ServiceAccount", "namespace", HOME, "name", ACCOUNT))))).orFail();
    Path account = Files.createDirectories(folder.resolve("account"));
    Files.writeString(account.resolve("namespace"), HOME);
    Files.writeString(account.resolve("token"), plane.token(HOME, ACCOUNT));
    Files.writeString(account.resolve("ca.crt"), pem());
  }

  private String pem() {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded()) + "\n-----END CERTIFICATE-----\n";
  }

  private byte[] encoded() {
    try {
      return plane.authority().getEncoded();
    } catch (java.security.cert.CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  private void namespace(String name) throws IOException {
    plane.api().post("/api/v1/namespaces", json(Map.of("metadata", Map.of("name", name)))).orFail();
  }

  Api api() {
    return plane.api();
  }

  String url() {
    return plane.url().toString();
  }

  /** CPU seconds of the API server and etcd so far. */
  double serversCpu() throws IOException {
    return Program.cpuSeconds(plane.apiServer().pid()) + Program.cpuSeconds(plane.etcd().pid());
  }

  /** The certificate of who signs the API server's, in Base64, as resources have it. */
  String authority() {
    return Base64.getEncoder().encodeToString(pem().getBytes(StandardCharsets.US_ASCII));
  }

  /** What lets the controller in. */
  String token() throws IOException {
    return plane.token(HOME, ACCOUNT);
  }

  /** What the controller asks from now on. */
  Audit audit() throws IOException {
    return Audit.of(folder.resolve("plane/audit.log"), "system:serviceaccount:" + HOME + ":" + ACCOUNT);
  }

  /** Starts the controller; from the main thread, with which it dies. */
  Program start(boolean limited) throws IOException {
    int port = Program.freePort();
    return Program.start(folder.resolve("account"), launch.home(),
        Map.of("KUBERNETES_SERVICE_HOST", plane.url().getHost(),
            "KUBERNETES_SERVICE_PORT", Integer.toString(plane.url().getPort()), "POD_NAMESPACE", HOME),
        launch.command(port, limited), port, launch.counted(), folder.resolve("controller-" + ++starts + ".log"));
  }

  /** Where an administrator of the control plane asks. */
  Path kubeconfig() {
    return plane.kubeconfig();
  }

  /** Has the API server pass requests for that service on. It does so to pods only, so there is one, by name. */
  void service(String name, String address, int port) throws IOException {
    String home = "/api/v1/namespaces/" + HOME;
    Map<String, ?> metadata = Map.of("name", name);
    Eventually.holds(Duration.ofMinutes(1), "a pod to be taken",
        () -> plane.api().post(home + "/pods", json(Map.of("metadata", metadata, "spec", Map.of(
            "serviceAccountName", ACCOUNT, "containers", List.of(Map.of("name", name, "image", "none")))))).ok());
    plane.api().patch(home + "/pods/" + name + "/status", "application/merge-patch+json", json(Map.of("status", Map.of(
        "phase", "Running", "podIP", address, "podIPs", List.of(Map.of("ip", address)))))).orFail();
    plane.api().post(home + "/services", json(Map.of("metadata", metadata, "spec", Map.of(
        "ports", List.of(Map.of("name", "http", "port", port)))))).orFail();
    plane.api().post(home + "/endpoints", json(Map.of("metadata", metadata, "subsets", List.of(Map.of(
        "addresses", List.of(Map.of(
            "ip", address, "targetRef", Map.of("kind", "Pod", "namespace", HOME, "name", name))),
        "ports", List.of(Map.of("name", "http", "port", port))))))).orFail();
  }

  /** Stores a Secret where the controller is. */
  void secret(String name, Map<String, String> values) throws IOException {
    plane.api().post("/api/v1/namespaces/" + HOME + "/secrets",
        json(Map.of("metadata", Map.of("name", name), "stringData", values))).orFail();
  }

  /** Stores a sealing key as both controllers keep it. */
  void store(SealingKey key) throws IOException {
    plane.api().post("/api/v1/namespaces/" + HOME + "/secrets", json(secret(key))).orFail();
  }

  static Map<String, Object> secret(SealingKey key) {
    byte[] pem = key.openingKey().toPem().orElseThrow().with(byte[]::clone);
    return Map.of(
        "apiVersion", "v1",
        "kind", "Secret",
        "metadata", Map.of("name", key.name(), "labels", Map.of("sealedsecrets.bitnami.com/sealed-secrets-key", "active")),
        "type", "kubernetes.io/tls",
        "data", Map.of("tls.crt", Base64.getEncoder().encodeToString(key.certificate().toPem()),
            "tls.key", Base64.getEncoder().encodeToString(pem)));
  }

  /** An object to create: where, and what. */
  record Posted(String path, String json) {}

  void create(List<Posted> objects) throws Exception {
    List<Future<?>> all = new ArrayList<>();
    for (Posted object : objects) {
      all.add(threads.submit(() -> api().post(object.path(), object.json()).orFail()));
    }
    for (Future<?> one : all) {
      try {
        one.get();
      } catch (ExecutionException e) {
        throw new IOException("cannot create an object", e.getCause());
      }
    }
  }

  /** Deletes all SealedSecrets, and waits until their Secrets are collected. */
  void clear() throws IOException {
    for (int i = 0; i < NAMESPACES; i++) {
      api().delete(SEALED_SECRETS + "/namespaces/team-" + i + "/sealedsecrets").orFail();
    }
    for (int i = 0; i < NAMESPACES; i++) {
      String secrets = "/api/v1/namespaces/team-" + i + "/secrets";
      Eventually.holds(Duration.ofMinutes(1), "the Secrets to be collected",
          () -> api().get(secrets).orFail().json().rows("items").isEmpty());
    }
  }

  static String json(Object tree) {
    return GoJson.write(tree, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN);
  }

  @Override
  public void close() {
    threads.shutdown();
    plane.close();
  }
}
