package dev.signet.sops;

import dev.signet.sops.SopsException.Step;
import dev.signet.sops.Value.Bool;
import dev.signet.sops.Value.Branch;
import dev.signet.sops.Value.Field;
import dev.signet.sops.Value.Int;
import dev.signet.sops.Value.Member;
import dev.signet.sops.Value.Real;
import dev.signet.sops.Value.Sequence;
import dev.signet.sops.Value.Text;
import dev.signet.sops.Value.Time;
import dev.signet.yaml.GoNumbers;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Metadata as the branch that stands in a file, its fields sorted by name.
 *
 * <pre>
 * age: [{enc, recipient}]  pgp: [{created_at, enc, fp}]  kms: […]     one group of keys
 * key_groups: [{age: […], hc_vault: […], …}]                          or several
 * shamir_threshold  lastmodified  mac  mac_only_encrypted  version
 * unencrypted_suffix, or another of {@link Selection.Rule}
 * </pre>
 *
 * <p>What is empty is left out, but for the lists {@code age} and {@code hc_vault} in a group. When
 * reading, unknown fields are ignored, the case of names does not count, numbers and booleans may
 * be texts and the other way around.
 */
final class MetadataBranch {

  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssXXX", Locale.ROOT);

  private MetadataBranch() {}

  /** As the MAC is bound to it. */
  static String seconds(OffsetDateTime time) {
    return SECONDS.format(time);
  }

  static Branch of(Metadata metadata) {
    Map<String, Value> fields = new TreeMap<>();
    if (metadata.groups().size() == 1) {
      group(metadata.groups().getFirst(), fields);
    } else {
      Sequence groups = new Sequence();
      for (List<MasterKey> keys : metadata.groups()) {
        Map<String, Value> group = new TreeMap<>();
        group.put(MasterKey.Kind.AGE.text(), new Sequence());
        group.put(MasterKey.Kind.HC_VAULT.text(), new Sequence());
        group(keys, group);
        groups.items().add(branch(group));
      }
      if (!groups.items().isEmpty()) {
        fields.put("key_groups", groups);
      }
    }
    if (metadata.threshold() != 0) {
      fields.put("shamir_threshold", new Int(metadata.threshold()));
    }
    fields.put("lastmodified", new Text(seconds(metadata.lastModified())));
    fields.put("mac", new Text(metadata.mac()));
    metadata
        .selection()
        .ifPresent(
            selection -> fields.put(selection.rule().text(), new Text(selection.argument())));
    if (metadata.macOnlyEncrypted()) {
      fields.put("mac_only_encrypted", new Bool(true));
    }
    fields.put("version", new Text(metadata.version()));
    return branch(fields);
  }

  private static Branch branch(Map<String, Value> fields) {
    Branch branch = new Branch();
    fields.forEach(branch::add);
    return branch;
  }

  private static void group(List<MasterKey> keys, Map<String, Value> fields) {
    for (MasterKey key : keys) {
      Value list = fields.computeIfAbsent(key.kind().text(), _ -> new Sequence());
      if (list instanceof Sequence sequence) {
        sequence.items().add(branch(stanza(key)));
      }
    }
  }

  private static Map<String, Value> stanza(MasterKey key) {
    Map<String, Value> fields = new TreeMap<>();
    switch (key) {
      case MasterKey.Age age -> fields.put("recipient", new Text(age.recipient()));
      case MasterKey.Pgp pgp -> {
        fields.put("fp", new Text(pgp.fingerprint()));
        created(fields, pgp.createdAt());
      }
      case MasterKey.Kms kms -> {
        fields.put("arn", new Text(kms.arn()));
        fields.put("aws_profile", new Text(kms.profile()));
        if (!kms.role().isEmpty()) {
          fields.put("role", new Text(kms.role()));
        }
        if (!kms.context().isEmpty()) {
          Map<String, Value> context = new TreeMap<>();
          kms.context().forEach((name, value) -> context.put(name, new Text(value)));
          fields.put("context", branch(context));
        }
        created(fields, kms.createdAt());
      }
      case MasterKey.GcpKms gcp -> {
        fields.put("resource_id", new Text(gcp.resourceId()));
        created(fields, gcp.createdAt());
      }
      case MasterKey.HuaweiKms huawei -> {
        fields.put("key_id", new Text(huawei.keyId()));
        created(fields, huawei.createdAt());
      }
      case MasterKey.AzureKeyVault azure -> {
        fields.put("vault_url", new Text(azure.vaultUrl()));
        fields.put("name", new Text(azure.key()));
        fields.put("version", new Text(azure.version()));
        created(fields, azure.createdAt());
      }
      case MasterKey.HcVault vault -> {
        fields.put("vault_address", new Text(vault.address()));
        fields.put("engine_path", new Text(vault.enginePath()));
        fields.put("key_name", new Text(vault.key()));
        created(fields, vault.createdAt());
      }
    }
    fields.put("enc", new Text(key.enc()));
    return fields;
  }

  private static void created(Map<String, Value> fields, OffsetDateTime time) {
    fields.put("created_at", new Text(seconds(time)));
  }

  static Metadata read(Branch branch) throws SopsException {
    Fields fields = new Fields(branch);
    OffsetDateTime lastModified = time(fields.text("lastmodified"));
    List<MasterKey> direct = keys(fields);
    List<List<MasterKey>> groups = new ArrayList<>();
    if (!direct.isEmpty()) {
      groups.add(direct);
    } else {
      for (Branch group : fields.branches("key_groups")) {
        groups.add(keys(new Fields(group)));
      }
    }
    if (groups.isEmpty()) {
      throw new SopsException(Step.READ, "No keys found in file");
    }
    return new Metadata(
        groups,
        fields.number("shamir_threshold"),
        Optional.of(selection(fields)),
        fields.flag("mac_only_encrypted"),
        lastModified,
        fields.text("mac"),
        fields.text("version"));
  }

  private static Selection selection(Fields fields) throws SopsException {
    Selection found = null;
    for (Selection.Rule rule : Selection.Rule.values()) {
      String argument = fields.text(rule.text());
      if (!argument.isEmpty()) {
        if (found != null) {
          throw new SopsException(
              Step.READ, "Cannot use " + Selection.ONLY_ONE + " in the same file");
        }
        found = new Selection(rule, argument);
      }
    }
    return found == null ? Selection.USUAL : found;
  }

  private static List<MasterKey> keys(Fields fields) throws SopsException {
    List<MasterKey> keys = new ArrayList<>();
    for (MasterKey.Kind kind : MasterKey.Kind.values()) {
      for (Branch stanza : fields.branches(kind.text())) {
        keys.add(key(kind, new Fields(stanza)));
      }
    }
    return keys;
  }

  private static MasterKey key(MasterKey.Kind kind, Fields fields) throws SopsException {
    String enc = fields.text("enc");
    if (kind == MasterKey.Kind.AGE) {
      return new MasterKey.Age(fields.text("recipient"), enc);
    }
    OffsetDateTime created = time(fields.text("created_at"));
    return switch (kind) {
      case PGP -> new MasterKey.Pgp(fields.text("fp"), created, enc);
      case KMS ->
          new MasterKey.Kms(
              fields.text("arn"),
              fields.text("role"),
              fields.texts("context"),
              fields.text("aws_profile"),
              created,
              enc);
      case GCP_KMS -> new MasterKey.GcpKms(fields.text("resource_id"), created, enc);
      case HUAWEI_KMS -> new MasterKey.HuaweiKms(fields.text("key_id"), created, enc);
      case AZURE_KEY_VAULT ->
          new MasterKey.AzureKeyVault(
              fields.text("vault_url"), fields.text("name"), fields.text("version"), created, enc);
      case HC_VAULT, AGE ->
          new MasterKey.HcVault(
              fields.text("vault_address"),
              fields.text("engine_path"),
              fields.text("key_name"),
              created,
              enc);
    };
  }

  private static OffsetDateTime time(String text) throws SopsException {
    try {
      return OffsetDateTime.parse(text);
    } catch (DateTimeException e) {
      throw new SopsException(
          Step.READ,
          "parsing time \""
              + text
              + "\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \""
              + text
              + "\" as \"2006\"");
    }
  }

  /** A branch by the names of its fields, of which the last one counts. */
  private static final class Fields {

    private final Map<String, Value> values = new HashMap<>();

    Fields(Branch branch) {
      for (Member member : branch.members()) {
        if (member instanceof Field field) {
          values.put(field.key().toLowerCase(Locale.ROOT), field.value());
        }
      }
    }

    private Value value(String name) {
      return values.getOrDefault(name, new Value.Null());
    }

    String text(String name) throws SopsException {
      return text(name, value(name));
    }

    private static String text(String name, Value value) throws SopsException {
      return switch (value) {
        case Text text -> text.text();
        case Value.Null _ -> "";
        case Int number -> Long.toString(number.number());
        case Real number -> GoNumbers.plain(number.number());
        case Bool bool -> bool.flag() ? "1" : "0";
        case Time time -> seconds(time.time());
        default -> throw unexpected(name);
      };
    }

    int number(String name) throws SopsException {
      String text = text(name);
      try {
        return text.isEmpty() ? 0 : Integer.parseInt(text);
      } catch (NumberFormatException e) {
        throw unexpected(name);
      }
    }

    boolean flag(String name) throws SopsException {
      return switch (value(name)) {
        case Bool bool -> bool.flag();
        default ->
            switch (text(name)) {
              case "1", "t", "T", "TRUE", "true", "True" -> true;
              case "", "0", "f", "F", "FALSE", "false", "False" -> false;
              default -> throw unexpected(name);
            };
      };
    }

    List<Branch> branches(String name) throws SopsException {
      List<Branch> branches = new ArrayList<>();
      switch (value(name)) {
        case Sequence sequence -> {
          for (Value item : sequence.items()) {
            if (item instanceof Branch branch) {
              branches.add(branch);
            } else if (!(item instanceof Value.Comment)) {
              throw unexpected(name);
            }
          }
        }
        case Branch branch -> {
          if (!branch.members().isEmpty()) {
            branches.add(branch);
          }
        }
        case Value.Null _ -> {}
        default -> throw unexpected(name);
      }
      return branches;
    }

    Map<String, String> texts(String name) throws SopsException {
      Map<String, String> texts = new HashMap<>();
      if (value(name) instanceof Branch branch) {
        for (Member member : branch.members()) {
          if (member instanceof Field field) {
            texts.put(field.key(), text(field.key(), field.value()));
          }
        }
      }
      return texts;
    }

    private static SopsException unexpected(String name) {
      return new SopsException(
          Step.READ, "the sops metadata cannot be read: '" + name + "' has an unexpected type");
    }
  }
}
