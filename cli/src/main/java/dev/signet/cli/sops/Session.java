package dev.signet.cli.sops;

import dev.signet.sops.Format;
import dev.signet.sops.KeyGroups;
import dev.signet.sops.KeyNames;
import dev.signet.sops.MasterKey;
import dev.signet.sops.Metadata;
import dev.signet.sops.OpenKeys;
import dev.signet.sops.Selection;
import dev.signet.sops.SopsConfig;
import dev.signet.sops.SopsException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * One call: its arguments, and what the configuration adds to them.
 *
 * @param global the flags before the command
 * @param local the command's own; without a command the same
 */
record Session(SopsWorld world, Arguments global, Arguments local) {

  /** What is written into files as the version of the program: the one that this one behaves as. */
  static final String VERSION = "3.13.3";

  private static final String LOCAL = "enable-local-keyservice";
  private static final int MOST_FOLDERS = 100;
  private static final String CONFIG = ".sops.yaml";

  OffsetDateTime now() {
    return world.clock().instant().truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.UTC);
  }

  KeyNames names() {
    return new KeyNames(now());
  }

  /** The configuration: named by a flag, or the nearest one from the working folder upwards. */
  Optional<Path> configFile() {
    String named = global.text("config");
    if (!named.isEmpty()) {
      return Optional.of(world.path(named));
    }
    Path folder = world.workingDirectory().toAbsolutePath().normalize();
    for (int i = 0; folder != null && i < MOST_FOLDERS; i++) {
      Path file = folder.resolve(CONFIG);
      if (Files.exists(file)) {
        return Optional.of(file);
      }
      folder = folder.getParent();
    }
    return Optional.empty();
  }

  private Optional<SopsConfig> config() throws SopsFailure {
    Optional<Path> file = configFile();
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(SopsConfig.read(Files.readAllBytes(file.get()), names()));
    } catch (IOException e) {
      throw SopsFailure.of("could not read config file: " + FileAccess.reason(e));
    } catch (SopsException e) {
      throw SopsFailure.of(e);
    }
  }

  /** The rule that the configuration has for a file; nothing, if it has no rules. */
  Optional<SopsConfig.Rule> rule(Path file) throws SopsFailure {
    Optional<SopsConfig> config = config();
    if (config.isEmpty()) {
      return Optional.empty();
    }
    Path folder = configFile().orElseThrow().toAbsolutePath().normalize().getParent();
    String prefix =
        folder + (String.valueOf(folder).endsWith(File.separator) ? "" : File.separator);
    String path = file.toString();
    try {
      return config
          .get()
          .ruleFor(
              path.startsWith(prefix) ? path.substring(prefix.length()) : path,
              encryptionContext());
    } catch (SopsException e) {
      throw SopsFailure.of(e);
    }
  }

  /** How the configuration has a file published. */
  SopsConfig.Publication publication(String file) throws SopsFailure {
    try {
      return config()
          .orElseThrow(() -> SopsFailure.of("config file not found"))
          .publicationFor(file);
    } catch (SopsException e) {
      throw SopsFailure.of(e);
    }
  }

  private Format.Layout layout() throws SopsFailure {
    try {
      Optional<SopsConfig> config = config();
      return config.isPresent() ? config.get().layout() : Format.Layout.USUAL;
    } catch (SopsException e) {
      throw SopsFailure.of(e);
    }
  }

  private static Format.Kind kind(String name, String type) {
    return type.isEmpty() || !List.of("yaml", "json", "dotenv", "ini", "binary").contains(type)
        ? Format.Kind.ofFile(name)
        : Format.Kind.named(type);
  }

  Format inputFormat(String name) throws SopsFailure {
    return Format.of(kind(name, local.text(Flag.INPUT_TYPE)), layout());
  }

  Format outputFormat(String name) throws SopsFailure {
    Format.Layout layout = layout();
    if (global.has("indent")) {
      int indent = global.number("indent");
      layout = new Format.Layout(indent, indent, indent);
    }
    return Format.of(kind(name, local.text(Flag.OUTPUT_TYPE)), layout);
  }

  List<String> order() throws SopsFailure {
    String text = local.text(Flag.ORDER);
    if (text.isEmpty()) {
      return KeyGroups.USUAL_ORDER;
    }
    Set<String> seen = new HashSet<>();
    for (String kind : text.split(",", -1)) {
      if (!seen.add(kind)) {
        throw new SopsFailure(SopsFailure.ORDER, "Duplicate decryption key type: " + kind);
      }
    }
    return List.of(text.split(",", -1));
  }

  /** The keys of this machine, unless they are turned off, and then those of key services. */
  OpenKeys openKeys() throws SopsFailure {
    List<OpenKeys> services = new ArrayList<>();
    if (!local.has(LOCAL) || local.is(LOCAL)) {
      services.add(new Keys(world));
    }
    for (String address : local.text("keyservice").split(",", -1)) {
      if (!address.isBlank()) {
        services.add(KeyServices.client(address.strip()));
      }
    }
    return switch (services.size()) {
      case 0 -> throw SopsFailure.of("no key services provided: leave out --" + LOCAL + "=false");
      case 1 -> services.getFirst();
      default -> KeyServices.firstOf(services);
    };
  }

  /** The pairs that keys of AWS are bound to. */
  private Map<String, String> encryptionContext() throws SopsFailure {
    Map<String, String> context = new TreeMap<>();
    String text = local.text("encryption-context");
    if (text.isEmpty()) {
      return context;
    }
    for (String pair : text.split(",", -1)) {
      String[] parts = pair.split(":", -1);
      if (parts.length != 2) {
        throw new SopsFailure(SopsFailure.KMS_CONTEXT, "Invalid KMS encryption context format");
      }
      context.put(parts[0], parts[1]);
    }
    return context;
  }

  /** The metadata of a new file, without its keys' results. */
  Metadata newMetadata(Path file, Format input) throws SopsFailure {
    Optional<SopsConfig.Rule> rule = rule(file);
    Map<Selection.Rule, String> selectors = new EnumMap<>(Selection.Rule.class);
    boolean macOnly = global.is("mac-only-encrypted");
    for (Selection.Rule each : Selection.Rule.values()) {
      String given = local.text(each.text().replace('_', '-'));
      if (given.isEmpty() && rule.isPresent()) {
        given = rule.get().selectors().getOrDefault(each, "");
      }
      if (!given.isEmpty()) {
        selectors.put(each, given);
      }
    }
    macOnly |= rule.isPresent() && rule.get().macOnlyEncrypted();
    boolean binary = input.isSingleValue();
    if (binary) {
      for (Selection.Rule each : selectors.keySet()) {
        world.warn(
            "Using "
                + each.text()
                + " does not make sense with the input store (the binary store produces one key that"
                + " should always be encrypted) and will be ignored.");
      }
      selectors.clear();
      macOnly = false;
    }
    if (selectors.size() > 1) {
      throw new SopsFailure(
          SopsFailure.CONFLICT,
          "Error: cannot use more than one of encrypted_suffix, unencrypted_suffix, encrypted_regex,"
              + " unencrypted_regex, encrypted_comment_regex, or unencrypted_comment_regex in the"
              + " same file");
    }
    Optional<Selection> selection =
        selectors.entrySet().stream()
            .findFirst()
            .map(entry -> new Selection(entry.getKey(), entry.getValue()))
            .or(() -> binary ? Optional.empty() : Optional.of(Selection.USUAL));
    int threshold = local.number(Flag.THRESHOLD.name());
    if (threshold == 0) {
      threshold = rule.map(SopsConfig.Rule::threshold).orElse(0);
    }
    return new Metadata(groups(rule), threshold, selection, macOnly, now(), "", VERSION);
  }

  private List<List<MasterKey>> groups(Optional<SopsConfig.Rule> rule) throws SopsFailure {
    List<MasterKey> keys = keys("");
    if (!keys.isEmpty()) {
      return List.of(keys);
    }
    return rule.map(SopsConfig.Rule::groups)
        .orElseThrow(
            () ->
                SopsFailure.of(
                    "config file not found, or has no creation rules, and no keys provided through"
                        + " command line options"));
  }

  /** The keys that flags name, whose names begin like that. */
  List<MasterKey> keys(String prefix) throws SopsFailure {
    Map<String, String> context = encryptionContext();
    KeyNames names = names();
    List<MasterKey> keys = new ArrayList<>();
    try {
      keys.addAll(
          names.of(
              MasterKey.Kind.KMS, local.text(prefix + "kms"), context, local.text("aws-profile")));
      keys.addAll(names.of(MasterKey.Kind.GCP_KMS, local.text(prefix + "gcp-kms")));
      keys.addAll(names.of(MasterKey.Kind.HUAWEI_KMS, local.text(prefix + "hckms")));
      keys.addAll(names.of(MasterKey.Kind.AZURE_KEY_VAULT, local.text(prefix + "azure-kv")));
      keys.addAll(names.of(MasterKey.Kind.PGP, local.text(prefix + "pgp")));
      keys.addAll(names.of(MasterKey.Kind.HC_VAULT, local.text(prefix + "hc-vault-transit")));
      keys.addAll(names.of(MasterKey.Kind.AGE, local.text(prefix + "age")));
      return keys;
    } catch (SopsException e) {
      throw SopsFailure.of(e);
    }
  }
}
