package dev.signet.dialects.sealedsecrets;

import java.util.Locale;
import java.util.Optional;

/**
 * What {@code signet verify} looks for. The name in lower case with dashes is the rule's id, which
 * stays what it is from version to version: people write it into their configuration.
 */
public enum Rule {
  MALFORMED_FILE(
      Severity.ERROR,
      "the file cannot be read",
      "What holds a SealedSecret must be YAML or JSON that Kubernetes can read."),
  UNRENDERED_FILE(
      Severity.NOTE,
      "the file is a template of another tool",
      "A chart's template is no manifest until it is rendered. Verify the rendered manifests, or"
          + " leave the file out with --exclude."),
  DUPLICATE_KEY(
      Severity.ERROR,
      "a key stands twice in a mapping",
      "Tools differ in which of the two they take. Remove one."),
  MALFORMED_OBJECT(
      Severity.ERROR,
      "a field is missing or has a value of the wrong type",
      "The API server refuses the object as it is."),
  API_VERSION(
      Severity.ERROR,
      "the version of the object is not served",
      "SealedSecrets have the apiVersion bitnami.com/v1alpha1."),
  UNKNOWN_FIELD(
      Severity.WARNING,
      "a field that SealedSecrets do not have",
      "The API server drops it without a word, or refuses the object."),
  DEPRECATED_DATA(
      Severity.WARNING,
      "the deprecated field spec.data",
      "It holds a whole Secret, sealed as in 2017. Seal the Secret again."),
  NO_ITEMS(
      Severity.WARNING,
      "the object seals nothing",
      "Neither an item nor a template is there, so the Secret would be empty."),
  OBJECT_NAME(
      Severity.ERROR,
      "a name that Kubernetes does not accept",
      "Names of objects are DNS subdomains, names of namespaces DNS labels, in lower case."),
  NAMESPACE_MISSING(
      Severity.NOTE,
      "the object names no namespace",
      "Its items open in one namespace only. Whoever applies it must name that one."),
  ITEM_NAME(
      Severity.ERROR,
      "an item's name cannot be a key of a Secret",
      "Keys of a Secret have letters, digits, dashes, underscores and dots, at most 253, and do not"
          + " start with two dots."),
  ITEM_NOT_TEXT(
      Severity.ERROR,
      "an item is not a text",
      "The controller drops such an item without a word, and the Secret lacks it."),
  ITEM_BASE64(
      Severity.ERROR,
      "an item is not Base64",
      "Often a part was lost when it was copied, or an editor wrapped the line with spaces."),
  ITEM_CUT(
      Severity.ERROR,
      "an item is too short for what it says it holds",
      "A part was lost. Seal the value again."),
  SECRET_SIZE(
      Severity.ERROR,
      "the Secret would be larger than Kubernetes accepts",
      "The values of a Secret have at most 1 MiB together."),
  OBJECT_SIZE(
      Severity.ERROR,
      "the object is larger than etcd accepts",
      "A request has at most 1.5 MiB by default. Make several objects of it."),
  SCOPE_ANNOTATION(
      Severity.ERROR,
      "an annotation that looks like a scope and is none",
      "Only the text true counts: not True, not \"1\", and not the boolean. Anything else leaves the"
          + " object strict, and its items do not open."),
  SCOPE_IN_TEMPLATE(
      Severity.WARNING,
      "a scope that only the template has",
      "The scope is read from the annotations of the SealedSecret itself."),
  SCOPE_FORBIDDEN(
      Severity.ERROR,
      "a scope that is not allowed here",
      "Whoever may create objects can read a value that is bound to less than its own name. Seal it"
          + " as strict."),
  CERTIFICATE_EXPIRED(
      Severity.ERROR,
      "the certificate has expired",
      "Nothing new can be sealed with it. Fetch the current one."),
  CERTIFICATE_EXPIRES(
      Severity.WARNING, "the certificate expires soon", "Fetch the current one in time."),
  FOREIGN_KEY(
      Severity.ERROR,
      "an item that was not sealed with the certificate",
      "The length of its key, or its number, proves it: it is for an older key or for another"
          + " cluster. An item that is not named here may be foreign all the same; only --keys"
          + " tells. Give every certificate that is in use with --cert."),
  CANNOT_OPEN(
      Severity.ERROR,
      "an item that no key opens",
      "It was sealed for another cluster, or for another name, namespace or scope. Seal it again."),
  OLD_KEY(
      Severity.NOTE,
      "an item that is not sealed with the newest key",
      "It opens as long as the old key is there. `signet reseal` seals it anew."),
  DUPLICATE_OBJECT(
      Severity.WARNING,
      "the same object twice",
      "Whichever is applied last wins. Where the folders are for several clusters, verify each by"
          + " itself."),
  TEMPLATE_SYNTAX(
      Severity.ERROR,
      "a template cannot be parsed",
      "The controller would fail to unseal the object."),
  TEMPLATE_FUNCTION(
      Severity.ERROR,
      "a template calls a function that is not there",
      "Templates of SealedSecrets have Sprig's functions without env, expandenv and"
          + " getHostByName."),
  TEMPLATE_KEY(
      Severity.ERROR, "a template names an item that is not there", "It renders as <no value>.");

  /** How bad it is. */
  public enum Severity {
    /** It does not work, or must not be. */
    ERROR,
    /** It may not do what was meant. */
    WARNING,
    NOTE;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Severity severity;
  private final String summary;
  private final String help;

  Rule(Severity severity, String summary, String help) {
    this.severity = severity;
    this.summary = summary;
    this.help = help;
  }

  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public Severity severity() {
    return severity;
  }

  /** What is wrong, in a few words. */
  public String summary() {
    return summary;
  }

  /** Why it matters and what to do. */
  public String help() {
    return help;
  }

  public static Optional<Rule> find(String id) {
    for (Rule rule : values()) {
      if (rule.id().equals(id)) {
        return Optional.of(rule);
      }
    }
    return Optional.empty();
  }
}
