package dev.signet.cli.sops;

import dev.signet.core.SecretBytes;
import dev.signet.core.age.AgeKeyException;
import dev.signet.core.age.Identity;
import dev.signet.core.age.Passphrase;
import dev.signet.sops.AgeWrapping;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where age's private keys are looked for, all of them at once: the keys of SSH that
 * SOPS_AGE_SSH_PRIVATE_KEY_FILE and SOPS_AGE_SSH_PRIVATE_KEY_CMD name and those in {@code ~/.ssh};
 * SOPS_AGE_KEY, SOPS_AGE_KEY_FILE, SOPS_AGE_KEY_CMD and {@code sops/age/keys.txt} in the user's
 * configuration folder. Those with a passphrase ask for it on the terminal when it is needed.
 */
final class AgeKeySources implements AgeWrapping.Source, AutoCloseable {

  private final SopsWorld world;
  private final Terminal terminal;
  private final List<Identity> opened = new ArrayList<>();

  AgeKeySources(SopsWorld world, Terminal terminal) {
    this.world = world;
    this.terminal = terminal;
  }

  @Override
  public AgeWrapping.Identities find(String recipient) {
    List<Identity> identities = new ArrayList<>();
    List<String> unused = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    addKeysOfSsh(recipient, identities, unused, problems);
    boolean any = !identities.isEmpty();
    String key = world.environment().get("SOPS_AGE_KEY");
    if (key == null) {
      unused.add("SOPS_AGE_KEY");
    } else {
      any = true;
      byte[] words = words(key).getBytes(StandardCharsets.UTF_8);
      add(words, "SOPS_AGE_KEY", identities, unused, problems);
    }
    String file = world.environment().get("SOPS_AGE_KEY_FILE");
    if (file == null) {
      unused.add("SOPS_AGE_KEY_FILE");
    } else {
      try {
        byte[] content = Files.readAllBytes(world.path(file));
        any = true;
        add(content, "SOPS_AGE_KEY_FILE", identities, unused, problems);
      } catch (IOException e) {
        problems.add("failed to open SOPS_AGE_KEY_FILE file: " + FileAccess.reason(e));
      }
    }
    String command = world.environment().get("SOPS_AGE_KEY_CMD");
    if (command == null) {
      unused.add("SOPS_AGE_KEY_CMD");
    } else {
      try {
        byte[] printed = Processes.output(world, command, "SOPS_AGE_RECIPIENT", recipient);
        any = true;
        add(printed, "SOPS_AGE_KEY_CMD", identities, unused, problems);
      } catch (IOException e) {
        problems.add(FileAccess.reason(e));
      }
    }
    Optional<Path> usual = configuration().map(folder -> folder.resolve("sops/age/keys.txt"));
    if (usual.isPresent() && Files.exists(usual.get())) {
      try {
        byte[] content = Files.readAllBytes(usual.get());
        add(content, usual.get().toString(), identities, unused, problems);
      } catch (IOException e) {
        problems.add("failed to open file: " + FileAccess.reason(e));
      }
    } else if (usual.isPresent() && !any) {
      unused.add(usual.get().toString());
    }
    opened.addAll(identities);
    return new AgeWrapping.Identities(identities, unused, problems);
  }

  private void addKeysOfSsh(
      String recipient, List<Identity> identities, List<String> unused, List<String> problems) {
    String file = world.environment().get("SOPS_AGE_SSH_PRIVATE_KEY_FILE");
    if (file == null) {
      unused.add("SOPS_AGE_SSH_PRIVATE_KEY_FILE");
    } else {
      addKeyOfSsh(world.path(file), identities, problems);
    }
    String command = world.environment().get("SOPS_AGE_SSH_PRIVATE_KEY_CMD");
    if (command == null) {
      unused.add("SOPS_AGE_SSH_PRIVATE_KEY_CMD");
    } else {
      try (SecretBytes printed =
          SecretBytes.wrap(Processes.output(world, command, "SOPS_AGE_RECIPIENT", recipient))) {
        Passphrase none =
            () -> {
              throw new IOException("a key that a command prints may have no passphrase");
            };
        identities.add(Identity.parseSshKey(printed, none));
      } catch (AgeKeyException e) {
        problems.add("malformed SSH identity from command output: " + e.getMessage());
      } catch (IOException e) {
        problems.add(FileAccess.reason(e));
      }
    }
    Optional<Path> home = world.variable("HOME").map(Path::of);
    for (String name : List.of("id_ed25519", "id_rsa")) {
      Optional<Path> key = home.map(folder -> folder.resolve(".ssh").resolve(name));
      if (key.isPresent() && Files.exists(key.get())) {
        addKeyOfSsh(key.get(), identities, problems);
      } else {
        key.ifPresent(path -> unused.add(path.toString()));
      }
    }
  }

  private void addKeyOfSsh(Path file, List<Identity> identities, List<String> problems) {
    try (SecretBytes content = SecretBytes.wrap(Files.readAllBytes(file))) {
      identities.add(
          Identity.parseSshKey(
              content, () -> terminal.secret("Enter passphrase for \"" + file + "\":")));
    } catch (AgeKeyException e) {
      problems.add("malformed SSH identity in \"" + file + "\": " + e.getMessage());
    } catch (IOException e) {
      problems.add("failed to open file: " + FileAccess.reason(e));
    }
  }

  private Optional<Path> configuration() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    Optional<Path> xdg = world.variable("XDG_CONFIG_HOME").map(Path::of);
    if (system.startsWith("windows")) {
      return world.variable("AppData").or(() -> world.variable("APPDATA")).map(Path::of);
    }
    String usual = system.startsWith("mac") ? "Library/Application Support" : ".config";
    return xdg.or(() -> world.variable("HOME").map(home -> Path.of(home).resolve(usual)));
  }

  /** Several keys may stand on a line. */
  private static String words(String text) {
    StringBuilder lines = new StringBuilder();
    for (String line : text.split("\n", -1)) {
      if (!line.startsWith("#")) {
        lines.append(line.strip().replaceAll("\\s+", "\n")).append('\n');
      }
    }
    return lines.toString();
  }

  private void add(
      byte[] content,
      String place,
      List<Identity> identities,
      List<String> unused,
      List<String> problems) {
    try (SecretBytes secret = SecretBytes.wrap(content)) {
      if (new String(content, StandardCharsets.UTF_8).lines().allMatch(AgeKeySources::isNoKey)) {
        unused.add(place);
        return;
      }
      identities.addAll(
          Identity.parseFile(
              secret,
              () -> terminal.secret("Enter passphrase for identity '" + place + "':"),
              terminal));
    } catch (AgeKeyException e) {
      problems.add("failed to parse '" + place + "' age identities: " + e.getMessage());
    }
  }

  private static boolean isNoKey(String line) {
    return line.isEmpty() || line.startsWith("#");
  }

  @Override
  public void close() {
    opened.forEach(Identity::close);
  }
}
