package dev.signet.cli.sops;

import dev.signet.core.SecretBytes;
import dev.signet.core.age.AgeKeyException;
import dev.signet.core.age.Identity;
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
 * Where age's private keys are looked for, all of them at once: SOPS_AGE_KEY, SOPS_AGE_KEY_FILE,
 * SOPS_AGE_KEY_CMD and {@code sops/age/keys.txt} in the user's configuration folder. Keys of SSH
 * and identity files with a passphrase are named as problems.
 */
final class AgeKeySources implements AgeWrapping.Source, AutoCloseable {

  private static final String NO_SSH = "SSH keys are not supported yet";

  private final SopsWorld world;
  private final List<Identity> opened = new ArrayList<>();

  AgeKeySources(SopsWorld world) {
    this.world = world;
  }

  @Override
  public AgeWrapping.Identities find(String recipient) {
    List<Identity> identities = new ArrayList<>();
    List<String> unused = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (String name : List.of("SOPS_AGE_SSH_PRIVATE_KEY_FILE", "SOPS_AGE_SSH_PRIVATE_KEY_CMD")) {
      if (world.variable(name).isPresent()) {
        problems.add(name + ": " + NO_SSH);
      } else {
        unused.add(name);
      }
    }
    Optional<Path> home = world.variable("HOME").map(Path::of);
    for (String name : List.of("id_ed25519", "id_rsa")) {
      home.map(folder -> folder.resolve(".ssh").resolve(name))
          .ifPresent(file -> unused.add(file.toString()));
    }
    boolean any = false;
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

  private static void add(
      byte[] content,
      String place,
      List<Identity> identities,
      List<String> unused,
      List<String> problems) {
    try (SecretBytes secret = SecretBytes.wrap(content)) {
      if (startsWith(content, "age-encryption") || startsWith(content, "-----BEGIN AGE")) {
        problems.add(place + ": identity files with a passphrase are not supported yet");
        return;
      }
      if (new String(content, StandardCharsets.UTF_8).lines().allMatch(AgeKeySources::isNoKey)) {
        unused.add(place);
        return;
      }
      identities.addAll(Identity.parseFile(secret));
    } catch (AgeKeyException e) {
      problems.add("failed to parse '" + place + "' age identities: " + e.getMessage());
    }
  }

  private static boolean isNoKey(String line) {
    return line.isEmpty() || line.startsWith("#");
  }

  private static boolean startsWith(byte[] content, String text) {
    return content.length >= text.length()
        && new String(content, 0, text.length(), StandardCharsets.ISO_8859_1).equals(text);
  }

  @Override
  public void close() {
    opened.forEach(Identity::close);
  }
}
