package dev.signet.testkit.cluster;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A Vault or OpenBao in memory, on loopback, plain and over TLS. It is the program that the
 * environment variable {@code VAULT_BINARY} names, else {@code bao} or {@code vault} on the PATH,
 * else {@link Peer#VAULT}, which is built once.
 *
 * <p>One server serves all tests of a run: each mounts engines and methods of its own.
 */
public final class Vault implements AutoCloseable {

  /** The token that may do everything. */
  public static final String ROOT = "root";

  private static final String NAME = "vault";
  private static final Duration READY = Duration.ofSeconds(30);

  private final Server server;
  private final Spawner spawner;
  private final Ports ports;
  private final Authority authority;
  private final AtomicInteger mounts = new AtomicInteger();

  private Vault(Server server, Spawner spawner, Ports ports, Authority authority) {
    this.server = server;
    this.spawner = spawner;
    this.ports = ports;
    this.authority = authority;
  }

  /** A test without the program is skipped as {@link dev.signet.testkit.Needs} says. */
  public static Vault start() throws IOException {
    Path program = program();
    Path folder = Files.createTempDirectory("vault-");
    Ports ports = Ports.free();
    Authority authority = Authority.create("vault");
    Identity own = authority.server(NAME, List.of("127.0.0.1"));
    Path certificate = Files.writeString(folder.resolve("server.crt"), own.certificatePem());
    Path key = Files.writeString(folder.resolve("server.key"), own.keyPem());
    Path config =
        Files.writeString(
            folder.resolve("config.hcl"),
            """
            listener "tcp" {
              address       = "127.0.0.1:%d"
              tls_cert_file = "%s"
              tls_key_file  = "%s"
            }
            """
                .formatted(ports.etcdPeer(), certificate, key));
    Spawner spawner = Spawner.tied();
    Api ready = api(ports, Optional.empty(), authority);
    Server server =
        new Server(
            NAME,
            folder,
            List.of(
                program.toString(),
                "server",
                "-dev",
                "-dev-root-token-id=" + ROOT,
                "-dev-listen-address=127.0.0.1:" + ports.etcd(),
                "-dev-no-store-token",
                "-config=" + config),
            spawner,
            () -> ready.get("/v1/sys/health").status() == 200);
    try (ready) {
      server.start();
    } catch (IllegalStateException e) {
      spawner.close();
      throw e;
    }
    return new Vault(server, spawner, ports, authority);
  }

  /** The program, which is also its command line. */
  public static Path program() {
    Map<String, String> environment = System.getenv();
    String named = environment.getOrDefault("VAULT_BINARY", "");
    if (!named.isEmpty()) {
      return Path.of(named);
    }
    return Stream.of("bao", NAME)
        .flatMap(name -> Programs.onPath(name, environment))
        .findFirst()
        .orElseGet(Peer.VAULT::needed);
  }

  private static Api api(Ports ports, Optional<String> token, Authority authority) {
    return new Api(
        URI.create("http://127.0.0.1:" + ports.etcd()),
        Identity.anonymousTls(authority.certificate()),
        token);
  }

  /** Where it is asked without TLS. */
  public String url() {
    return "http://127.0.0.1:" + ports.etcd();
  }

  /** Where it is asked over TLS, with a certificate of {@link #authority}. */
  public String tlsUrl() {
    return "https://127.0.0.1:" + ports.etcdPeer();
  }

  /** The certificate of its authority, in PEM. */
  public String authority() {
    return authority.identity().certificatePem();
  }

  /** A client that its authority vouches for. */
  public Identity client(String name) {
    return authority.client(name, List.of());
  }

  /** It, as who has that token. */
  public Api as(String token) {
    return api(ports, Optional.of(token), authority);
  }

  /** Does what takes a body, as root: {@code sys/auth/…} and the like, below {@code /v1/}. */
  public Api.Response write(String path, String json) throws IOException {
    try (Api root = as(ROOT)) {
      return root.put("/v1/" + path, json).orFail();
    }
  }

  /** Reads as root. */
  public Api.Response read(String path) throws IOException {
    try (Api root = as(ROOT)) {
      return root.get("/v1/" + path);
    }
  }

  /** Deletes as root. */
  public Api.Response delete(String path) throws IOException {
    try (Api root = as(ROOT)) {
      return root.delete("/v1/" + path).orFail();
    }
  }

  /**
   * Mounts an engine and returns its path, which no other test has.
   *
   * @param type such as {@code kv-v2}
   */
  public String mount(String type) throws IOException {
    String path = type + "-" + mounts.incrementAndGet();
    write("sys/mounts/" + path, "{\"type\": \"" + type + "\"}");
    if (type.equals("kv-v2")) {
      // It refuses everything until it has prepared itself.
      Eventually.holds(READY, path + " to be ready", () -> read(path + "/config").ok());
    }
    return path;
  }

  /** Enables a method of logging in and returns its path. */
  public String enable(String method) throws IOException {
    String path = method + "-" + mounts.incrementAndGet();
    write("sys/auth/" + path, "{\"type\": \"" + method + "\"}");
    return path;
  }

  /** Its process: a test may stop it and start it again, which loses all it holds. */
  public Server server() {
    return server;
  }

  @Override
  public void close() {
    server.kill();
    spawner.close();
  }
}
