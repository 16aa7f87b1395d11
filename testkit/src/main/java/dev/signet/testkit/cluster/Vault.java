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

  /** How many bytes a request may have at {@link #narrowUrl}. */
  public static final int NARROW = 131_072;

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
            listener "tcp" {
              address          = "127.0.0.1:%d"
              tls_disable      = true
              max_request_size = %d
            }
            """
                .formatted(ports.etcdPeer(), certificate, key, ports.apiServer(), NARROW));
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

  /** Where it is asked without TLS, and takes no request that is larger than {@link #NARROW}. */
  public String narrowUrl() {
    return "http://127.0.0.1:" + ports.apiServer();
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

  /** A role of AppRole, and how one logs in as it. */
  public record AppRole(String path, String id, String secret) {}

  /**
   * Enables AppRole at a path of its own, with one role.
   *
   * @param policy what the role may, in HCL
   * @param more further fields of the role as JSON, {@code "token_ttl": "1h"} for instance
   */
  public AppRole appRole(String policy, String more) throws IOException {
    String path = enable("approle");
    write("sys/policies/acl/" + path, "{\"policy\": \"" + policy.replace("\"", "\\\"") + "\"}");
    write("auth/" + path + "/role/app", "{\"token_policies\": [\"" + path + "\"], " + more + "}");
    return new AppRole(
        path,
        read("auth/" + path + "/role/app/role-id").orFail().json().row("data").text("role_id"),
        write("auth/" + path + "/role/app/secret-id", "{}").json().row("data").text("secret_id"));
  }

  /** How many tokens there are that came of logins at that path. */
  public int tokens(String path) throws IOException {
    int tokens = 0;
    for (String accessor :
        read("auth/token/accessors?list=true").orFail().json().row("data").texts("keys")) {
      try (Api root = as(ROOT)) {
        Api.Response found =
            root.put("/v1/auth/token/lookup-accessor", "{\"accessor\": \"" + accessor + "\"}");
        if (found.ok() && found.json().row("data").text("path").equals("auth/" + path + "/login")) {
          tokens++;
        }
      }
    }
    return tokens;
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
