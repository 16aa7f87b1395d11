package dev.signet.testkit.cluster;

import dev.signet.testkit.Jsonl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A running control plane: etcd, kube-apiserver and kube-controller-manager, with RBAC, the usual
 * admission and an audit log, and no nodes. It listens on loopback, or in a {@link
 * NetworkNamespace}, on ports of its own, so several stand side by side.
 *
 * <p>etcd does not wait for the disk: data survives the kill of any process, not a power cut.
 */
public final class ControlPlane implements AutoCloseable {

  private static final String LOOPBACK = "127.0.0.1";
  private static final Duration FIRST_ACCOUNT = Duration.ofSeconds(30);
  private static final int TRIES = 3;

  private final Folder folder;
  private final Options options;
  private final Optional<NetworkNamespace> network;
  private final Spawner spawner;
  private final Server etcd;
  private final Server apiServer;
  private final Server controllerManager;
  private final Api etcdApi;
  private final Api admin;
  private final Thread atExit = new Thread(this::end);
  private final List<Api> opened = new ArrayList<>();

  /**
   * What to start.
   *
   * @param folder where data and logs are; a temporary one, deleted at the end, if not given
   * @param outlivesJvm for people: {@link #close} and the end of the JVM leave the servers running
   * @param ownNetwork in a network namespace of its own, reachable at an address that is not
   *     loopback; see {@link NetworkNamespace}
   * @param apiServerFlags more flags for kube-apiserver
   */
  public record Options(
      Programs programs,
      Optional<Path> folder,
      boolean outlivesJvm,
      boolean ownNetwork,
      List<String> apiServerFlags) {

    public Options {
      apiServerFlags = List.copyOf(apiServerFlags);
      if (outlivesJvm && ownNetwork) {
        throw new IllegalArgumentException("a network namespace ends with the JVM that made it");
      }
    }

    /** Loopback, a temporary folder, gone with the JVM. */
    public static Options of(Programs programs) {
      return new Options(programs, Optional.empty(), false, false, List.of());
    }

    public Options inFolder(Path folder) {
      return new Options(programs, Optional.of(folder), outlivesJvm, ownNetwork, apiServerFlags);
    }

    public Options outlivingJvm() {
      return new Options(programs, folder, true, ownNetwork, apiServerFlags);
    }

    public Options inOwnNetwork() {
      return new Options(programs, folder, outlivesJvm, true, apiServerFlags);
    }

    public Options withApiServerFlags(List<String> flags) {
      return new Options(programs, folder, outlivesJvm, ownNetwork, flags);
    }
  }

  private ControlPlane(Options options, Folder folder, Optional<NetworkNamespace> network) {
    this.options = options;
    this.folder = folder;
    this.network = network;
    Spawner plain = options.outlivesJvm() ? Spawner.detached() : Spawner.tied();
    this.spawner = network.map(inside -> plain.within(inside.enter())).orElse(plain);
    this.admin = api(folder.admin());
    this.etcdApi =
        opened(
            new Api(
                URI.create("https://" + folder.host() + ":" + folder.ports().etcd()),
                folder.etcdClient().tls(folder.etcdAuthority().certificate()),
                Optional.empty()));
    Api managerApi =
        opened(
            new Api(
                URI.create("https://" + folder.host() + ":" + folder.ports().controllerManager()),
                folder.admin().tls(authority()),
                Optional.empty()));
    Commands commands = new Commands(options.programs(), folder);
    this.etcd =
        new Server(
            Programs.ETCD,
            folder.root(),
            commands.etcd(),
            spawner,
            () -> etcdApi.get("/health").status() == 200);
    this.apiServer =
        new Server(
            Programs.API_SERVER,
            folder.root(),
            commands.apiServer(options.apiServerFlags()),
            spawner,
            () -> admin.get("/readyz").status() == 200);
    this.controllerManager =
        new Server(
            Programs.CONTROLLER_MANAGER,
            folder.root(),
            commands.controllerManager(),
            spawner,
            () -> managerApi.get("/healthz").status() == 200);
  }

  /**
   * Starts one and returns when it is ready: the API answers and the controllers have made the
   * first service account. If another program takes one of its ports first, it tries others.
   *
   * @throws IllegalStateException if a server does not come up; the message has the end of its log
   */
  public static ControlPlane start(Options options) {
    for (int attempt = 1; ; attempt++) {
      ControlPlane plane = prepare(options);
      try {
        plane.startAll();
        return plane;
      } catch (RuntimeException e) {
        plane.end();
        boolean portTaken = String.valueOf(e.getMessage()).contains("address already in use");
        if (!portTaken || attempt == TRIES || options.folder().isPresent()) {
          throw e;
        }
      }
    }
  }

  private static ControlPlane prepare(Options options) {
    try {
      if (!options.ownNetwork()) {
        return prepare(options, Optional.empty());
      }
      NetworkNamespace network = NetworkNamespace.create();
      try {
        return prepare(options, Optional.of(network));
      } catch (IOException e) {
        network.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot prepare a control plane", e);
    }
  }

  private static ControlPlane prepare(Options options, Optional<NetworkNamespace> network)
      throws IOException {
    String host = network.map(NetworkNamespace::inside).orElse(LOOPBACK);
    if (options.folder().isPresent()) {
      Path root = options.folder().get().toAbsolutePath();
      return new ControlPlane(options, Folder.open(root, host), network);
    }
    Path root = Files.createTempDirectory("control-plane-");
    try {
      return new ControlPlane(options, Folder.open(root, host), network);
    } catch (IOException e) {
      BuildCache.removeTree(root);
      throw e;
    }
  }

  private void startAll() {
    if (!options.outlivesJvm()) {
      Runtime.getRuntime().addShutdownHook(atExit);
    }
    etcd.start();
    apiServer.start();
    controllerManager.start();
    Eventually.holds(
        FIRST_ACCOUNT,
        "the first service account",
        () -> admin.get("/api/v1/namespaces/default/serviceaccounts/default").ok());
  }

  /** The API server as a member of system:masters sees it, who may do everything. */
  public Api api() {
    return admin;
  }

  /** The API server as this user sees it. */
  public Api api(Identity user) {
    return opened(new Api(url(), user.tls(authority()), Optional.empty()));
  }

  /** The API server as the bearer of this token sees it. */
  public Api api(String token) {
    return opened(new Api(url(), Identity.anonymousTls(authority()), Optional.of(token)));
  }

  public URI url() {
    return URI.create(folder.server());
  }

  /** The authority that the API server's certificate is from. */
  public X509Certificate authority() {
    return folder.users().certificate();
  }

  /** A user of that name in those groups; what they may do is for RBAC to say. */
  public Identity user(String name, String... groups) {
    return folder.users().client(name, List.of(groups));
  }

  /** The user of {@link #api()}. */
  public Identity admin() {
    return folder.admin();
  }

  /** A token of a service account, valid for an hour. */
  public String token(String namespace, String account) throws IOException {
    return admin
        .post(
            "/api/v1/namespaces/" + namespace + "/serviceaccounts/" + account + "/token",
            """
            {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
            """)
        .orFail()
        .json()
        .row("status")
        .text("token");
  }

  /** The kubeconfig of {@link #admin()}. */
  public Path kubeconfig() {
    return folder.root().resolve("kubeconfig");
  }

  /** The text of a kubeconfig for that user, at this server or at a proxy before it. */
  public String kubeconfig(URI server, Identity user) {
    return folder.kubeconfig(server.toString(), user);
  }

  public Server etcd() {
    return etcd;
  }

  public Server apiServer() {
    return apiServer;
  }

  public Server controllerManager() {
    return controllerManager;
  }

  /** What the API server noted about all requests so far, without their bodies. */
  public AuditLog audit() {
    return new AuditLog(folder.root().resolve(Commands.AUDIT_LOG));
  }

  /**
   * How often each object was written since it was created, by name: etcd's own count, which the
   * kill of the API server cannot lose as it can the last lines of the audit log. A write that
   * changed nothing never reaches etcd.
   *
   * @param resource in the plural, of a group that the API server itself has
   */
  public Map<String, Integer> writesStored(String resource, String namespace) throws IOException {
    String prefix = "/registry/" + resource + "/" + namespace + "/";
    // The key after all that begin with the prefix: "0" follows "/".
    String end = prefix.substring(0, prefix.length() - 1) + "0";
    Base64.Encoder base64 = Base64.getEncoder();
    Jsonl.Row answer =
        etcdApi
            .post(
                "/v3/kv/range",
                "{\"key\": \"%s\", \"range_end\": \"%s\", \"keys_only\": true}"
                    .formatted(
                        base64.encodeToString(prefix.getBytes(StandardCharsets.UTF_8)),
                        base64.encodeToString(end.getBytes(StandardCharsets.UTF_8))))
            .orFail()
            .json();
    Map<String, Integer> writes = new HashMap<>();
    for (Jsonl.Row stored : answer.has("kvs") ? answer.rows("kvs") : List.<Jsonl.Row>of()) {
      writes.put(
          new String(stored.base64("key"), StandardCharsets.UTF_8).substring(prefix.length()),
          Integer.valueOf(stored.text("version")));
    }
    return writes;
  }

  /** The network it is in, if not this machine's. */
  public Optional<NetworkNamespace> network() {
    return network;
  }

  /** A proxy in front of the API server that fails on demand. */
  public FaultProxy faultProxy() {
    return FaultProxy.start(folder, network.map(NetworkNamespace::outside).orElse(LOOPBACK));
  }

  /** A namespace with a new name, with its default service account. */
  public Namespace namespace(String prefix) throws IOException {
    return Namespace.create(this, prefix);
  }

  /** Resumes and starts what a test left paused or ended. */
  void heal() {
    etcd.heal();
    apiServer.heal();
    controllerManager.heal();
    Eventually.holds(FIRST_ACCOUNT, "the API server", () -> admin.get("/readyz").ok());
  }

  /** Ends everything at once and deletes a temporary folder. */
  @Override
  public void close() {
    if (!options.outlivesJvm()) {
      Runtime.getRuntime().removeShutdownHook(atExit);
      end();
    }
    opened.forEach(Api::close);
  }

  private synchronized void end() {
    controllerManager.kill();
    apiServer.kill();
    etcd.kill();
    spawner.close();
    network.ifPresent(NetworkNamespace::close);
    if (options.folder().isEmpty()) {
      try {
        BuildCache.removeTree(folder.root());
      } catch (IOException e) {
        throw new UncheckedIOException("cannot delete " + folder.root(), e);
      }
    }
  }

  private synchronized Api opened(Api api) {
    opened.add(api);
    return api;
  }
}
