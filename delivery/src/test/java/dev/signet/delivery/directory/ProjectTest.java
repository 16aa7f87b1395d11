package dev.signet.delivery.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.object.Ref;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProjectTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Project.PassphrasePrompt NOBODY =
      about -> {
        throw new StateException("nobody is there to ask for the " + about);
      };

  @TempDir Path root;

  private Path keyFile() {
    return root.resolve("config/signet/state.key");
  }

  private Project project(Project.PassphrasePrompt prompt, FaultPoints faults) {
    return new Project(root.resolve("app/.signet"), keyFile(), new SecureRandom(), prompt, faults);
  }

  private Project project() {
    return project(NOBODY, FaultPoints.NONE);
  }

  private static Project.PassphrasePrompt says(String text) {
    return about -> SecretBytes.wrap(text.getBytes(UTF_8));
  }

  private static void save(Project project, String name) throws StateException {
    try (Project.Session session = project.begin("test", PATIENCE)) {
      var secret = States.secret("ns", name, "k", "v");
      session.state().secrets.put(secret.ref(), secret);
      session.save();
    }
  }

  private static Set<Ref> secrets(Project project) throws StateException {
    try (State state = project.read()) {
      return new HashSet<>(state.secrets.keySet());
    }
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void theStateIsFoundUpwardsLikeARepository() throws Exception {
    Path deep = Files.createDirectories(root.resolve("app/a/b"));
    assertThat(Project.locate(deep)).isEqualTo(deep.resolve(".signet"));
    Files.createDirectories(root.resolve("app/a/.signet"));
    save(project(), "one");
    assertThat(Project.locate(deep)).isEqualTo(root.resolve("app/.signet"));
    assertThat(Project.locate(root)).isEqualTo(root.resolve(".signet"));
    assertThat(project().root()).isEqualTo(root.resolve("app"));
    assertThat(project().stateFile()).isEqualTo(root.resolve("app/.signet/state"));
  }

  @Test
  void readingMakesNothing() throws Exception {
    assertThat(secrets(project())).isEmpty();
    try (Stream<Path> files = Files.list(root)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void theKeyIsMadeOnceForItsOwnerOnly() throws Exception {
    save(project(), "one");
    byte[] key = Files.readAllBytes(keyFile());
    assertThat(new String(key, UTF_8)).matches("signet-state-key-1 [A-Za-z0-9+/]{43}=\n");
    assertThat(mode(keyFile())).isEqualTo("rw-------");
    assertThat(mode(root.resolve("config/signet"))).isEqualTo("rwx------");
    assertThat(mode(root.resolve("app/.signet"))).isEqualTo("rwx------");
    assertThat(root.resolve("app/.signet/.gitignore")).hasContent("*\n");
    save(project(), "two");
    assertThat(Files.readAllBytes(keyFile())).isEqualTo(key);
    assertThat(secrets(project()))
        .containsExactlyInAnyOrder(Ref.secret("ns", "one"), Ref.secret("ns", "two"));
    try (Stream<Path> files = Files.list(root.resolve("config/signet"))) {
      assertThat(files).containsExactly(keyFile());
    }
  }

  /** Many projects of one user may be made at once: all must end with the same key. */
  @Test
  void keysMadeAtOnceEndAsOne() throws Exception {
    int count = 8;
    CyclicBarrier start = new CyclicBarrier(count);
    List<Path> folders = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(count)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Path folder = root.resolve("p" + i).resolve(".signet");
        folders.add(folder);
        Callable<Boolean> run =
            () -> {
              start.await();
              save(at(folder), "one");
              return true;
            };
        running.add(pool.submit(run));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
    for (Path folder : folders) {
      assertThat(secrets(at(folder))).hasSize(1);
    }
  }

  private Project at(Path folder) {
    return new Project(folder, keyFile(), new SecureRandom(), NOBODY, FaultPoints.NONE);
  }

  /** Makes a project and prints how many Secrets are in it. */
  static final class Maker {
    public static void main(String[] arguments) throws StateException {
      Path root = Path.of(arguments[0]);
      Project project =
          new Project(
              root.resolve("app/.signet"),
              root.resolve("config/signet/state.key"),
              new SecureRandom(),
              NOBODY,
              FaultPoints.NONE);
      save(project, arguments[1]);
      System.out.println(secrets(project).size() > 0);
    }
  }

  @Test
  void twoProcessesThatStartAProjectAtOnceBothFinish() throws Exception {
    Process one = Processes.start(Maker.class, root, "one");
    Process two = Processes.start(Maker.class, root, "two");
    assertThat(Processes.line(one)).isEqualTo("true");
    assertThat(Processes.line(two)).isEqualTo("true");
    assertThat(secrets(project())).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"rw-r-----", "rw----r--", "rw--w----", "rwxrwxrwx"})
  void aKeyThatOthersMayReadIsRefusedWithTheRemedy(String permissions) throws Exception {
    save(project(), "one");
    Files.setPosixFilePermissions(keyFile(), PosixFilePermissions.fromString(permissions));
    String message =
        keyFile() + " may be read by others (" + permissions + "); run: chmod 600 " + keyFile();
    assertThatThrownBy(() -> project().read())
        .isInstanceOf(StateException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> save(project(), "two")).hasMessage(message);
    Files.setPosixFilePermissions(keyFile(), PosixFilePermissions.fromString("r--------"));
    assertThat(secrets(project())).hasSize(1);
  }

  @Test
  void aLostKeyIsNeverReplaced() throws Exception {
    save(project(), "one");
    Files.delete(keyFile());
    String message =
        project().stateFile()
            + " needs the key "
            + keyFile()
            + ", which does not exist; restore it from your backup, or point SIGNET_STATE_KEY at"
            + " it";
    assertThatThrownBy(() -> project().read()).hasMessage(message);
    assertThatThrownBy(() -> save(project(), "two")).hasMessage(message);
    assertThat(keyFile()).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          hello                          | is not a Signet key
          signet-state-key-1 aGVsbG8=    | is not a Signet key, or it was cut short
          signet-state-key-1 !           | is not a Signet key, or it was damaged
          ''                             | is not a Signet key
          """)
  void aKeyFileThatHoldsSomethingElseIsRefused(String content, String message) throws Exception {
    save(project(), "one");
    Files.writeString(keyFile(), content);
    assertThatThrownBy(() -> project().read()).hasMessage(keyFile() + " " + message);
  }

  @Test
  void aPassphraseMayProtectTheStateInstead() throws Exception {
    save(project(), "one");
    try (Project.Session session = project(says("phrase"), FaultPoints.NONE).begin("t", PATIENCE)) {
      session.usePassphrase();
      session.save();
    }
    Files.delete(keyFile());
    assertThat(secrets(project(says("phrase"), FaultPoints.NONE))).hasSize(1);
    assertThatThrownBy(() -> project(says(""), FaultPoints.NONE).read())
        .hasMessage("an empty passphrase protects nothing; nothing was changed");
    assertThatThrownBy(() -> project().read())
        .hasMessage("nobody is there to ask for the passphrase to open " + project().stateFile());
    // Back to a key file, which this machine no longer has.
    try (Project.Session session = project(says("phrase"), FaultPoints.NONE).begin("t", PATIENCE)) {
      session.useKeyFile();
      session.save();
    }
    assertThat(secrets(project())).hasSize(1);
    assertThat(mode(keyFile())).isEqualTo("rw-------");
  }

  @Test
  void anEmptyPassphraseIsNotSet() throws Exception {
    save(project(), "one");
    try (Project.Session session = project(says(""), FaultPoints.NONE).begin("t", PATIENCE)) {
      assertThatThrownBy(session::usePassphrase).hasMessageStartingWith("an empty passphrase");
      session.save();
    }
    assertThat(secrets(project())).hasSize(1);
  }

  @Test
  void aSessionThatIsNotSavedChangesNothing() throws Exception {
    save(project(), "one");
    byte[] before = Files.readAllBytes(project().stateFile());
    try (Project.Session session = project().begin("test", PATIENCE)) {
      session.state().close();
    }
    assertThat(Files.readAllBytes(project().stateFile())).isEqualTo(before);
  }

  @Test
  void oneSessionAtATime() throws Exception {
    try (Project.Session session = project().begin("signet apply (pid 1)", PATIENCE)) {
      assertThat(session.state().secrets).isEmpty();
      assertThatThrownBy(() -> project().begin("other", Duration.ofMillis(1)))
          .isInstanceOf(StateException.class)
          .hasMessage("the state is in use by signet apply (pid 1); waited 0 s");
      assertThat(secrets(project())).isEmpty();
    }
    save(project(), "one");
  }

  @Test
  void aSessionThatFailsToOpenReleasesTheLock() throws Exception {
    save(project(), "one");
    Path key = Files.move(keyFile(), root.resolve("elsewhere"));
    assertThatThrownBy(() -> project().begin("t", Duration.ZERO))
        .isInstanceOf(StateException.class);
    Files.move(key, keyFile());
    save(project(), "two");
  }

  @Test
  void aStateFromTheFutureIsNotUnderstood() throws Exception {
    save(project(), "one");
    String text = Files.readString(keyFile()).strip().substring("signet-state-key-1 ".length());
    try (StateKey key =
        new StateKey.File(SecretBytes.wrap(java.util.Base64.getDecoder().decode(text)))) {
      new StateFile(project().stateFile(), new SecureRandom(), FaultPoints.NONE)
          .write(key, "{\"leases\":[]}".getBytes(UTF_8));
    }
    assertThatThrownBy(() -> project().read())
        .hasMessage(
            project().stateFile()
                + " opens, but is not understood: unknown part leases; is Signet older than it?");
  }

  @ParameterizedTest
  @CsvSource({"state.begin,1", "state.written,1", "state.synced,1", "state.renamed,2"})
  void aCrashWhileSavingLeavesOldOrNew(String point, int count) throws Exception {
    save(project(), "one");
    Project crashing =
        project(
            NOBODY,
            name -> {
              if (name.equals(point)) {
                throw new IllegalStateException(point);
              }
            });
    assertThatThrownBy(() -> save(crashing, "two")).hasMessage(point);
    assertThat(secrets(project())).hasSize(count);
    save(project(), "three");
    assertThat(secrets(project())).hasSize(count + 1);
  }

  @Test
  void aFolderThatCannotBeMadeSaysSo() throws Exception {
    Files.createFile(root.resolve("app"));
    assertThatThrownBy(() -> save(project(), "one"))
        .isInstanceOf(StateException.class)
        .hasMessageStartingWith("cannot make the folder " + root.resolve("app/.signet"));
  }
}
