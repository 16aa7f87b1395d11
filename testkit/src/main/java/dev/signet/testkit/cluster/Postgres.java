package dev.signet.testkit.cluster;

import dev.signet.testkit.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A PostgreSQL in a new folder, on loopback, that keeps nothing on the disk that it can help. Its
 * programs are those on the PATH, else Debian's newest. It refuses to be root's: root starts it as
 * {@code nobody}.
 */
public final class Postgres implements AutoCloseable {

  /** Who may do everything, and by which password. */
  public static final String ADMIN = "postgres";

  public static final String PASSWORD = "only-in-tests";

  private static final String NAME = "postgres";
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
  private static final String NOBODY = "nobody";

  private final Server server;
  private final Spawner spawner;
  private final Path programs;
  private final int port;
  private final AtomicInteger databases = new AtomicInteger();

  private Postgres(Server server, Spawner spawner, Path programs, int port) {
    this.server = server;
    this.spawner = spawner;
    this.programs = programs;
    this.port = port;
  }

  /** A test without the programs is skipped as {@link Needs} says. */
  public static Postgres start() throws IOException {
    Path programs = programs();
    Path folder = Files.createTempDirectory("postgres-");
    Path password = Files.writeString(folder.resolve("password"), PASSWORD);
    boolean root = "root".equals(System.getProperty("user.name"));
    List<String> as = new ArrayList<>();
    if (root) {
      UserPrincipal nobody =
          folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(NOBODY);
      Files.setOwner(folder, nobody);
      Files.setOwner(password, nobody);
      as.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=nogroup", "--clear-groups"));
      // Another user than before forgets whose death is its own.
      as.addAll(List.of("--pdeathsig", "KILL", "--"));
    }
    Path data = folder.resolve("data");
    List<String> init = new ArrayList<>(as);
    init.addAll(
        List.of(
            programs.resolve("initdb").toString(),
            "--pgdata=" + data,
            "--username=" + ADMIN,
            "--pwfile=" + password,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync"));
    run(init, Map.of());
    int port = Ports.free().etcd();
    List<String> command = new ArrayList<>(as);
    command.addAll(
        List.of(programs.resolve(NAME).toString(), "-D", data.toString(), "-p", "" + port));
    command.addAll(List.of("-h", "127.0.0.1", "-k", folder.toString()));
    for (String setting :
        List.of(
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "shared_buffers=16MB",
            "jit=off")) {
      command.addAll(List.of("-c", setting));
    }
    Spawner spawner = Spawner.tied();
    List<String> ask =
        List.of(programs.resolve("pg_isready").toString(), "-h", "127.0.0.1", "-p", "" + port);
    Server server = new Server(NAME, folder, command, spawner, () -> succeeds(ask));
    try {
      server.start();
    } catch (IllegalStateException e) {
      spawner.close();
      throw e;
    }
    return new Postgres(server, spawner, programs, port);
  }

  private static Path programs() throws IOException {
    // The folder that the program is really in has the others too.
    Optional<Path> onPath = Optional.empty();
    for (Path each : Programs.onPath("initdb", System.getenv()).toList()) {
      onPath = onPath.or(() -> whole(each));
    }
    Optional<Path> found = onPath.isPresent() ? onPath : debian();
    Needs.that(
        found.isPresent(),
        "PostgreSQL's initdb, postgres and psql",
        "install Debian's package postgresql, or put them on PATH");
    return found.orElseThrow();
  }

  private static Optional<Path> whole(Path initdb) {
    try {
      return Optional.of(initdb.toRealPath().resolveSibling(""))
          .filter(
              folder ->
                  Stream.of(NAME, "psql", "pg_isready")
                      .allMatch(program -> Files.isExecutable(folder.resolve(program))));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<Path> debian() throws IOException {
    if (!Files.isDirectory(DEBIAN)) {
      return Optional.empty();
    }
    try (Stream<Path> versions = Files.list(DEBIAN)) {
      return versions
          .flatMap(version -> whole(version.resolve("bin/initdb")).stream())
          .max(Comparator.naturalOrder());
    }
  }

  private static boolean succeeds(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return process.waitFor() == 0;
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static String run(List<String> command, Map<String, String> environment)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(Path.of("/").toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IllegalStateException(command.getFirst() + " failed: " + said);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return said;
  }

  /** Where it is asked on loopback. */
  public int port() {
    return port;
  }

  /** Makes a database that no other test has, and returns its name. */
  public String database() throws IOException {
    String name = "test" + databases.incrementAndGet();
    var _ = query(ADMIN, PASSWORD, ADMIN, "CREATE DATABASE " + name);
    return name;
  }

  /** What the administrator is answered: a row a line, columns between bars. */
  public String query(String sql) throws IOException {
    return query(ADMIN, PASSWORD, ADMIN, sql);
  }

  /**
   * What a user is answered.
   *
   * @throws IllegalStateException when it may not connect, or the statement fails
   */
  public String query(String user, String password, String database, String sql)
      throws IOException {
    return run(
            List.of(
                programs.resolve("psql").toString(),
                "-h",
                "127.0.0.1",
                "-p",
                "" + port,
                "-U",
                user,
                "-d",
                database,
                "-XAtq",
                "-v",
                "ON_ERROR_STOP=1",
                "-c",
                sql),
            Map.of("PGPASSWORD", password))
        .strip();
  }

  /** Its process: a test may stop, pause and start it again; it keeps its data. */
  public Server server() {
    return server;
  }

  @Override
  public void close() {
    server.kill();
    spawner.close();
  }
}
