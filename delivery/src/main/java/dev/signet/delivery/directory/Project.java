package dev.signet.delivery.directory;

import dev.signet.core.GoBase64;
import dev.signet.core.IllegalBase64Exception;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.object.MalformedObjectException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a directory keeps its state: the folder {@code .signet} with the encrypted file {@code
 * state}, found like git finds its own, from the working directory upwards. The key that opens it
 * stays outside, in the user's configuration folder, so a copied project is of no use to anyone
 * else; or there is a passphrase instead.
 *
 * <pre>
 *   .signet/state       encrypted ({@link StateFile})
 *   .signet/lock        who is writing now
 *   .signet/.gitignore  "*": none of this belongs into a repository
 *   &lt;configuration&gt;/signet/state.key   "signet-state-key-1 " and 32 bytes in Base64, mode 0600
 * </pre>
 */
public final class Project {

  private static final String KEY_PREFIX = "signet-state-key-1 ";

  /**
   * Asked for a passphrase when the state wants one, or when one is to be set. The caller closes
   * it.
   */
  @FunctionalInterface
  public interface PassphrasePrompt {
    SecretBytes ask(String about) throws StateException;
  }

  private final Path folder;
  private final Path keyFile;
  private final SecureRandom random;
  private final PassphrasePrompt prompt;
  private final FaultPoints faults;
  private final StateFile file;

  /**
   * @param folder the {@code .signet} folder, which need not exist yet
   * @param keyFile the key file, which need not exist yet
   */
  public Project(
      Path folder, Path keyFile, SecureRandom random, PassphrasePrompt prompt, FaultPoints faults) {
    this.folder = folder;
    this.keyFile = keyFile;
    this.random = random;
    this.prompt = prompt;
    this.faults = faults;
    this.file = new StateFile(folder.resolve("state"), random, faults);
  }

  /**
   * The nearest {@code .signet} from {@code start} upwards, else the one that would be made in
   * {@code start}.
   */
  public static Path locate(Path start) {
    for (Path at = start.toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isRegularFile(at.resolve(".signet").resolve("state"))) {
        return at.resolve(".signet");
      }
    }
    return start.toAbsolutePath().resolve(".signet");
  }

  /** The folder that {@code .signet} is in: what relative paths in manifests are relative to. */
  public Path root() {
    return java.util.Objects.requireNonNull(folder.toAbsolutePath().getParent());
  }

  public Path stateFile() {
    return file.path();
  }

  public Path keyFile() {
    return keyFile;
  }

  /** Reads the state without changing anything; a project without one has an empty state. */
  public State read() throws StateException {
    Optional<Boolean> passphrase = file.wantsPassphrase();
    if (passphrase.isEmpty()) {
      return new State();
    }
    try (StateKey key = passphrase.get() ? passphrase("to open") : existingKey()) {
      return open(key);
    }
  }

  private State open(StateKey key) throws StateException {
    Optional<byte[]> plain = file.read(key);
    if (plain.isEmpty()) {
      return new State();
    }
    try {
      return StateCodec.decode(plain.get());
    } catch (MalformedObjectException e) {
      throw new StateException(
          file.path()
              + " opens, but is not understood: "
              + e.getMessage()
              + "; is Signet older than it?");
    } finally {
      Arrays.fill(plain.get(), (byte) 0);
    }
  }

  /** Takes the project for writing; nobody else writes until the session is closed. */
  public Session begin(String holder, Duration patience) throws StateException {
    prepareFolder();
    StateLock lock = StateLock.take(folder.resolve("lock"), holder, patience);
    @Nullable StateKey key = null;
    try {
      ignoreInGit();
      Optional<Boolean> passphrase = file.wantsPassphrase();
      key = passphrase.orElse(false) ? passphrase("to open") : keyMakingOne();
      return new Session(lock, key, open(key));
    } catch (StateException e) {
      if (key != null) {
        key.close();
      }
      lock.close();
      throw e;
    }
  }

  /**
   * A state that is open for writing. Closing it without {@link #save} leaves the file as it was.
   */
  public final class Session implements AutoCloseable {

    private final StateLock lock;
    private final State state;
    private StateKey key;

    private Session(StateLock lock, StateKey key, State state) {
      this.lock = lock;
      this.key = key;
      this.state = state;
    }

    public State state() {
      return state;
    }

    /** From now on the state opens with a passphrase, which is asked for. */
    public void usePassphrase() throws StateException {
      StateKey chosen = passphrase("that is to protect");
      key.close();
      key = chosen;
    }

    /** From now on the state opens with the key file. */
    public void useKeyFile() throws StateException {
      StateKey chosen = readOrMakeKey();
      key.close();
      key = chosen;
    }

    public void save() throws StateException {
      byte[] plain = StateCodec.encode(state);
      try {
        file.write(key, plain);
      } finally {
        Arrays.fill(plain, (byte) 0);
      }
    }

    @Override
    public void close() throws StateException {
      state.close();
      key.close();
      lock.close();
    }
  }

  private StateKey passphrase(String purpose) throws StateException {
    SecretBytes text = prompt.ask("passphrase " + purpose + " " + file.path());
    if (text.size() == 0) {
      throw new StateException("an empty passphrase protects nothing; nothing was changed");
    }
    return new StateKey.Passphrase(text);
  }

  private StateKey existingKey() throws StateException {
    try {
      return readKey();
    } catch (NoSuchFileException e) {
      throw new StateException(
          file.path()
              + " needs the key "
              + keyFile
              + ", which does not exist; restore it from your backup, or point SIGNET_STATE_KEY at"
              + " it");
    } catch (IOException e) {
      throw unreadableKey(e);
    }
  }

  private StateKey keyMakingOne() throws StateException {
    if (Files.exists(file.path())) {
      return existingKey();
    }
    return readOrMakeKey();
  }

  private StateKey readOrMakeKey() throws StateException {
    try {
      return readKey();
    } catch (NoSuchFileException e) {
      return makeKey();
    } catch (IOException e) {
      throw unreadableKey(e);
    }
  }

  private StateKey makeKey() throws StateException {
    byte[] bytes = new byte[StateKey.KEY_SIZE];
    random.nextBytes(bytes);
    byte[] encoded =
        (KEY_PREFIX + GoBase64.STD.encodeToString(bytes) + "\n")
            .getBytes(StandardCharsets.US_ASCII);
    try {
      Path home = java.util.Objects.requireNonNull(keyFile.toAbsolutePath().getParent());
      createPrivateFolder(home);
      Path beside = Files.createTempFile(home, ".state.key", "", AtomicFile.ownerOnly(home));
      try {
        Files.write(beside, encoded);
        // A link fails when another process made the key meanwhile; a move would replace it.
        Files.createLink(keyFile, beside);
      } finally {
        Files.delete(beside);
      }
      faults.reached("key.made");
      return new StateKey.File(SecretBytes.wrap(bytes));
    } catch (FileAlreadyExistsException e) {
      return existingKey();
    } catch (IOException e) {
      throw new StateException("cannot make the key " + keyFile + ": " + StateFile.reason(e));
    } catch (UnsupportedOperationException e) {
      throw new StateException(
          "cannot make the key "
              + keyFile
              + ": the file system has no hard links; point SIGNET_STATE_KEY at one that has");
    } finally {
      Arrays.fill(encoded, (byte) 0);
    }
  }

  private StateKey readKey() throws IOException, StateException {
    refuseOpenPermissions();
    byte[] content = Files.readAllBytes(keyFile);
    try {
      String text = new String(content, StandardCharsets.US_ASCII).strip();
      if (!text.startsWith(KEY_PREFIX)) {
        throw new StateException(keyFile + " is not a Signet key");
      }
      byte[] bytes = GoBase64.STD.decode(text.substring(KEY_PREFIX.length()));
      if (bytes.length != StateKey.KEY_SIZE) {
        throw new StateException(keyFile + " is not a Signet key, or it was cut short");
      }
      return new StateKey.File(SecretBytes.wrap(bytes));
    } catch (IllegalBase64Exception e) {
      throw new StateException(keyFile + " is not a Signet key, or it was damaged");
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private void refuseOpenPermissions() throws IOException, StateException {
    if (!keyFile.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(keyFile);
    if (permissions.stream().anyMatch(each -> !each.name().startsWith("OWNER_"))) {
      throw new StateException(
          keyFile
              + " may be read by others ("
              + PosixFilePermissions.toString(permissions)
              + "); run: chmod 600 "
              + keyFile);
    }
  }

  private StateException unreadableKey(IOException e) {
    return new StateException("cannot read the key " + keyFile + ": " + StateFile.reason(e));
  }

  private void prepareFolder() throws StateException {
    try {
      createPrivateFolder(folder);
    } catch (IOException e) {
      throw new StateException("cannot make the folder " + folder + ": " + StateFile.reason(e));
    }
  }

  /** Under the lock: two first commands at once must not get in each other's way. */
  private void ignoreInGit() throws StateException {
    Path ignore = folder.resolve(".gitignore");
    if (Files.exists(ignore)) {
      return;
    }
    byte[] everything = "*\n".getBytes(StandardCharsets.US_ASCII);
    try {
      AtomicFile.write(ignore, everything, AtomicFile.Readers.AS_USUAL, "ignore", faults);
    } catch (IOException e) {
      throw new StateException("cannot write " + ignore + ": " + StateFile.reason(e));
    }
  }

  private static void createPrivateFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Files.createDirectories(java.util.Objects.requireNonNull(folder.toAbsolutePath().getParent()));
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try {
        Files.createDirectory(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } catch (FileAlreadyExistsException e) {
        return;
      }
    } else {
      Files.createDirectories(folder);
    }
  }
}
