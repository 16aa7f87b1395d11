package dev.signet.sops;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.signet.sops.SopsException.Step;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import dev.signet.yaml.YamlValue;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A {@code .sops.yaml}: by which keys new files are encrypted, and how files are laid out.
 *
 * <pre>
 * creation_rules:              the first one counts whose path_regex is found in the file's path
 *   - path_regex: …            relative to the configuration; without it a rule fits all
 *     age: …, pgp: …, kms: …   one group of keys, each a list or a text with commas
 *     key_groups: [{age: […], pgp: […], merge: […], …}]    or several; then the others do not count
 *     shamir_threshold: 2
 *     encrypted_regex: …       or another of {@link Selection.Rule}
 *     mac_only_encrypted: true
 * destination_rules:           the first one counts whose path_regex is found in the path as given
 *   - path_regex: …
 *     s3_bucket: …, s3_prefix: …      or gcs_bucket, gcs_prefix, or vault_path, vault_address,
 *     omit_extensions: true           vault_kv_mount_name, vault_kv_version
 *     recreation_rule: {age: …}       a rule as above, for what is published in a bucket
 * stores: {yaml: {indent: 2}, json: {indent: 2}, json_binary: {indent: 2}}
 * </pre>
 *
 * <p>Unknown fields are ignored.
 */
public final class SopsConfig {

  /** What a file is encrypted with. Texts of rules may stand beside each other here. */
  public record Rule(
      List<List<MasterKey>> groups,
      int threshold,
      Map<Selection.Rule, String> selectors,
      boolean macOnlyEncrypted) {}

  /**
   * How a file is published.
   *
   * @param recreation whose groups are empty where the file is published as it is
   */
  public record Publication(
      Optional<Destination> destination, boolean omitExtensions, Rule recreation) {}

  private final Map<?, ?> tree;
  private final KeyNames names;

  private SopsConfig(Map<?, ?> tree, KeyNames names) {
    this.tree = tree;
    this.names = names;
  }

  public static SopsConfig read(byte[] text, KeyNames names) throws SopsException {
    try {
      Object value = YamlValue.read(text, ".sops.yaml", ReadLimits.DEFAULT, DuplicateKeys.REJECTED);
      if (value == null) {
        return new SopsConfig(Map.of(), names);
      }
      if (value instanceof Map<?, ?> map) {
        return new SopsConfig(map, names);
      }
      throw malformed("it is not a mapping");
    } catch (MalformedDocumentException e) {
      throw malformed(e.getMessage());
    }
  }

  private static SopsException malformed(String why) {
    return new SopsException(
        Step.CONFIG, "error loading config: Could not unmarshal config file: " + why);
  }

  private static SopsException wrong(String why) {
    return new SopsException(Step.CONFIG, why);
  }

  public Format.Layout layout() throws SopsException {
    Map<?, ?> stores = map(tree.get("stores"), "stores");
    return new Format.Layout(
        indent(stores, "yaml", 0), indent(stores, "json", -1), indent(stores, "json_binary", -1));
  }

  private static int indent(Map<?, ?> stores, String name, int usual) throws SopsException {
    Object indent = map(stores.get(name), name).get("indent");
    return indent == null ? usual : number(indent, "indent");
  }

  /**
   * The rule for a file.
   *
   * @param path relative to the folder of the configuration
   * @return nothing, if there are no rules at all
   * @throws SopsException also when there are, but none for that file
   */
  public Optional<Rule> ruleFor(String path) throws SopsException {
    return ruleFor(path, Map.of());
  }

  /** The same, with an encryption context for keys of AWS that stand in no group. */
  public Optional<Rule> ruleFor(String path, Map<String, String> context) throws SopsException {
    Object rules = tree.get("creation_rules");
    if (rules == null) {
      return Optional.empty();
    }
    for (Object each : list(rules, "creation_rules")) {
      Map<?, ?> rule = map(each, "creation_rules");
      String regex = text(rule.get("path_regex"), "path_regex");
      if (regex.isEmpty() || matches(regex, path)) {
        return Optional.of(rule(rule, context));
      }
    }
    throw wrong("error loading config: no matching creation rules found");
  }

  /**
   * How a file is published.
   *
   * @param path as it was given
   */
  public Publication publicationFor(String path) throws SopsException {
    for (Object each : list(tree.get("destination_rules"), "destination_rules")) {
      Map<?, ?> rule = map(each, "destination_rules");
      String regex = text(rule.get("path_regex"), "path_regex");
      if (regex.isEmpty() || matches(regex, path)) {
        return new Publication(
            destination(rule),
            rule.get("omit_extensions") instanceof Boolean flag && flag,
            rule(map(rule.get("recreation_rule"), "recreation_rule"), Map.of()));
      }
    }
    throw wrong("error loading config: no matching destination found in config");
  }

  private static Optional<Destination> destination(Map<?, ?> rule) throws SopsException {
    List<Destination> found = new ArrayList<>();
    String bucket = text(rule.get("s3_bucket"), "s3_bucket");
    if (!bucket.isEmpty()) {
      found.add(new Destination.S3(bucket, text(rule.get("s3_prefix"), "s3_prefix")));
    }
    bucket = text(rule.get("gcs_bucket"), "gcs_bucket");
    if (!bucket.isEmpty()) {
      found.add(new Destination.Gcs(bucket, text(rule.get("gcs_prefix"), "gcs_prefix")));
    }
    String path = text(rule.get("vault_path"), "vault_path");
    if (!path.isEmpty()) {
      found.add(
          Destination.Vault.of(
              text(rule.get("vault_address"), "vault_address"),
              path,
              text(rule.get("vault_kv_mount_name"), "vault_kv_mount_name"),
              number(rule.get("vault_kv_version"), "vault_kv_version")));
    }
    if (found.size() > 1) {
      throw wrong(
          "error loading config: more than one destinations were found in a single destination"
              + " rule, you can only use one per rule");
    }
    return found.stream().findFirst();
  }

  private static boolean matches(String regex, String path) throws SopsException {
    try {
      return Pattern.compile(regex).matcher(path).find();
    } catch (PatternSyntaxException e) {
      throw wrong("can not compile regexp: " + e.getMessage());
    }
  }

  private Rule rule(Map<?, ?> rule, Map<String, String> context) throws SopsException {
    Map<Selection.Rule, String> selectors = new TreeMap<>();
    for (Selection.Rule each : Selection.Rule.values()) {
      String argument = text(rule.get(each.text()), each.text());
      if (!argument.isEmpty()) {
        selectors.put(each, argument);
      }
    }
    if (selectors.size() > 1) {
      throw wrong("error loading config: cannot use " + Selection.ONLY_ONE + " for the same rule");
    }
    return new Rule(
        groups(rule, context),
        number(rule.get("shamir_threshold"), "shamir_threshold"),
        selectors,
        rule.get("mac_only_encrypted") instanceof Boolean flag && flag);
  }

  private List<List<MasterKey>> groups(Map<?, ?> rule, Map<String, String> context)
      throws SopsException {
    List<?> given = list(rule.get("key_groups"), "key_groups");
    List<List<MasterKey>> groups = new ArrayList<>();
    for (Object group : given) {
      groups.add(List.copyOf(group(map(group, "key_groups"))));
    }
    if (given.isEmpty()) {
      List<MasterKey> keys = new ArrayList<>();
      String profile = text(rule.get("aws_profile"), "aws_profile");
      keys.addAll(names.of(MasterKey.Kind.AGE, joined(rule, "age")));
      keys.addAll(names.of(MasterKey.Kind.PGP, joined(rule, "pgp")));
      keys.addAll(names.of(MasterKey.Kind.KMS, joined(rule, "kms"), context, profile));
      keys.addAll(names.of(MasterKey.Kind.GCP_KMS, joined(rule, "gcp_kms")));
      keys.addAll(names.of(MasterKey.Kind.HUAWEI_KMS, joined(rule, "hckms")));
      keys.addAll(names.of(MasterKey.Kind.AZURE_KEY_VAULT, joined(rule, "azure_keyvault")));
      keys.addAll(names.of(MasterKey.Kind.HC_VAULT, joined(rule, "hc_vault_transit_uri")));
      groups.add(keys);
    }
    return groups;
  }

  private Set<MasterKey> group(Map<?, ?> group) throws SopsException {
    Set<MasterKey> keys = new LinkedHashSet<>();
    for (Object merged : list(group.get("merge"), "merge")) {
      keys.addAll(group(map(merged, "merge")));
    }
    keys.addAll(names.of(MasterKey.Kind.AGE, joined(group, "age")));
    keys.addAll(names.of(MasterKey.Kind.PGP, joined(group, "pgp")));
    for (Object each : list(group.get("kms"), "kms")) {
      keys.addAll(kms(map(each, "kms")));
    }
    for (Object each : list(group.get("gcp_kms"), "gcp_kms")) {
      String id = text(map(each, "gcp_kms").get("resource_id"), "resource_id");
      keys.addAll(names.of(MasterKey.Kind.GCP_KMS, id));
    }
    for (Object each : list(group.get("hckms"), "hckms")) {
      String id = text(map(each, "hckms").get("key_id"), "key_id");
      keys.addAll(names.of(MasterKey.Kind.HUAWEI_KMS, id));
    }
    for (Object each : list(group.get("azure_keyvault"), "azure_keyvault")) {
      Map<?, ?> key = map(each, "azure_keyvault");
      String version = text(key.get("version"), "version");
      keys.addAll(
          names.of(
              MasterKey.Kind.AZURE_KEY_VAULT,
              text(key.get("vaultUrl"), "vaultUrl")
                  + "/keys/"
                  + text(key.get("key"), "key")
                  + (version.isEmpty() ? "" : "/" + version)));
    }
    keys.addAll(names.of(MasterKey.Kind.HC_VAULT, joined(group, "hc_vault")));
    return keys;
  }

  private List<MasterKey> kms(Map<?, ?> key) throws SopsException {
    Map<String, String> context = new TreeMap<>();
    for (Map.Entry<?, ?> pair : map(key.get("context"), "context").entrySet()) {
      context.put(String.valueOf(pair.getKey()), text(pair.getValue(), "context"));
    }
    String role = text(key.get("role"), "role");
    String arn = text(key.get("arn"), "arn");
    return names.of(
        MasterKey.Kind.KMS,
        role.isEmpty() ? arn : arn + "+" + role,
        context,
        text(key.get("aws_profile"), "aws_profile"));
  }

  /** A text, or a list of texts as one. */
  private static String joined(Map<?, ?> rule, String name) throws SopsException {
    Object value = rule.get(name);
    if (!(value instanceof List<?> list)) {
      return text(value, name);
    }
    List<String> texts = new ArrayList<>();
    for (Object item : list) {
      if (!(item instanceof String text)) {
        throw wrong("invalid " + name + " key configuration: expected string in list");
      }
      texts.add(text);
    }
    return String.join(",", texts);
  }

  private static Map<?, ?> map(@Nullable Object value, String name) throws SopsException {
    if (value == null) {
      return Map.of();
    }
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw malformed(name + " is not a mapping");
  }

  private static List<?> list(@Nullable Object value, String name) throws SopsException {
    if (value == null) {
      return List.of();
    }
    if (value instanceof List<?> list) {
      return list;
    }
    throw malformed(name + " is not a list");
  }

  private static String text(@Nullable Object value, String name) throws SopsException {
    return switch (value) {
      case null -> "";
      case String text -> text;
      case Number number -> number.toString();
      case Boolean flag -> flag.toString();
      default -> throw malformed(name + " is not a text");
    };
  }

  private static int number(@Nullable Object value, String name) throws SopsException {
    if (value == null) {
      return 0;
    }
    if (value instanceof Long number && number == number.intValue()) {
      return number.intValue();
    }
    throw malformed(name + " is not a whole number");
  }
}
