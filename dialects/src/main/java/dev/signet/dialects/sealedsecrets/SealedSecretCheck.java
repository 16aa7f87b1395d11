package dev.signet.dialects.sealedsecrets;

import static dev.signet.dialects.sealedsecrets.ScopeAnnotations.CLUSTER_WIDE;
import static dev.signet.dialects.sealedsecrets.ScopeAnnotations.NAMESPACE_WIDE;

import dev.signet.core.GoBase64;
import dev.signet.core.IllegalBase64Exception;
import dev.signet.core.sealing.Envelope;
import dev.signet.core.sealing.RsaPublicKey;
import dev.signet.core.sealing.Scope;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.yaml.GoJson;
import dev.signet.yaml.TreePath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What can be said of a SealedSecret without a cluster: its shape, its names, its scope, the
 * outside of its ciphertexts, and with keys whether they open. Templates are not looked at here.
 *
 * <p>Sizes: Kubernetes' {@code MaxSecretSize}, 1 MiB for the values of a Secret, and etcd's default
 * for a request, 1.5 MiB, both against the least that the object needs there.
 *
 * <p>Safe for use by several threads at once.
 */
public final class SealedSecretCheck {

  private static final int SECRET_BYTES = 1 << 20;
  private static final int REQUEST_BYTES = 3 << 19;

  private static final Set<String> OBJECT =
      Set.of("apiVersion", "kind", "metadata", "spec", "status");
  private static final Set<String> SPEC = Set.of("encryptedData", "template", "data");
  private static final Set<String> TEMPLATE = Set.of("metadata", "type", "immutable", "data");

  /** Annotations that people take for a scope. */
  private static final Set<String> MISTAKEN =
      Set.of("sealedsecrets.bitnami.com/scope", "sealedsecrets.bitnami.com/strict");

  private final Set<Scope> forbidden;
  private final List<RsaPublicKey> certificates;
  private final Optional<ItemProof> proof;

  /**
   * Chooses what is checked besides the shape.
   *
   * @param forbidden scopes that no object may have
   * @param certificates keys that items are to be sealed with; empty to allow any
   * @param proof what opens items, if that is to be tried
   */
  public SealedSecretCheck(
      Set<Scope> forbidden, List<RsaPublicKey> certificates, Optional<ItemProof> proof) {
    this.forbidden = Set.copyOf(forbidden);
    this.certificates = List.copyOf(certificates);
    this.proof = proof;
  }

  /**
   * All that is wrong with an object.
   *
   * @param namespace of objects that name none
   */
  public List<Finding> check(Placed placed, String namespace) {
    return new Run(placed, namespace).all();
  }

  /** One object. */
  private final class Run {
    private final Placed placed;
    private final String namespace;
    private final List<Finding> findings = new ArrayList<>();
    private long values;

    Run(Placed placed, String namespace) {
      this.placed = placed;
      this.namespace = namespace;
    }

    private void add(Rule rule, TreePath path, String item, String message) {
      findings.add(new Finding(rule, path, item, message));
    }

    List<Finding> all() {
      Map<String, @Nullable Object> tree = placed.tree();
      if (!SealedSecret.API_VERSION.equals(tree.get("apiVersion"))) {
        add(
            Rule.API_VERSION,
            placed.field("apiVersion"),
            "",
            "apiVersion must be " + SealedSecret.API_VERSION);
        return findings;
      }
      unknown(tree, OBJECT, placed.path(), "");
      scopeAnnotations();
      Optional<SealedSecret> sealed = read();
      spec();
      sealed.ifPresent(this::object);
      if (values > SECRET_BYTES) {
        add(
            Rule.SECRET_SIZE,
            placed.field("spec"),
            "",
            "the values have " + values + " bytes together; a Secret has at most " + SECRET_BYTES);
      }
      int size =
          GoJson.write(tree, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN)
              .getBytes(StandardCharsets.UTF_8)
              .length;
      if (size > REQUEST_BYTES) {
        add(
            Rule.OBJECT_SIZE,
            placed.path(),
            "",
            "the object has " + size + " bytes; a request has at most " + REQUEST_BYTES);
      }
      return findings;
    }

    private Optional<SealedSecret> read() {
      try {
        return Optional.of(SealedSecret.of(KubeObject.of(placed.tree(), namespace)));
      } catch (MalformedObjectException e) {
        boolean named =
            findings.stream().anyMatch(finding -> finding.rule() == Rule.SCOPE_ANNOTATION);
        // A scope that is a boolean is named already, and better.
        if (!named || !e.getMessage().contains("annotations")) {
          add(Rule.MALFORMED_OBJECT, placed.path(), "", e.getMessage());
        }
        return Optional.empty();
      }
    }

    private void unknown(Map<?, ?> map, Set<String> known, TreePath path, String prefix) {
      for (Object key : map.keySet()) {
        if (!known.contains(key)) {
          add(
              Rule.UNKNOWN_FIELD,
              path.key((String) key),
              "",
              "SealedSecrets have no field " + prefix + key);
        }
      }
    }

    private void spec() {
      if (!(placed.tree().get("spec") instanceof Map<?, ?> spec)) {
        add(Rule.MALFORMED_OBJECT, placed.path(), "", "spec is required");
        return;
      }
      unknown(spec, SPEC, placed.field("spec"), "spec.");
      boolean texts = false;
      if (spec.get("template") instanceof Map<?, ?> template) {
        unknown(template, TEMPLATE, placed.field("spec", "template"), "spec.template.");
        if (template.get("data") instanceof Map<?, ?> data) {
          texts = !data.isEmpty();
          data.keySet().forEach(key -> itemName((String) key, "template", "data"));
        }
      }
      boolean deprecated = spec.get("data") != null;
      if (deprecated) {
        add(
            Rule.DEPRECATED_DATA,
            placed.field("spec", "data"),
            "",
            "spec.data is deprecated, and a controller may refuse it");
      }
      if (spec.get("encryptedData") instanceof Map<?, ?> items) {
        if (items.isEmpty() && !texts && !deprecated) {
          add(
              Rule.NO_ITEMS,
              placed.field("spec", "encryptedData"),
              "",
              "spec.encryptedData is empty, and there is no template");
        }
        items.forEach((name, value) -> item((String) name, value));
      } else if (!deprecated) {
        add(
            Rule.MALFORMED_OBJECT,
            placed.field("spec"),
            "",
            spec.containsKey("encryptedData")
                ? "spec.encryptedData must be a mapping"
                : "spec.encryptedData is required");
      }
    }

    private void itemName(String name, String... fields) {
      if (!KubeNames.isSecretKey(name)) {
        TreePath path = placed.field("spec");
        for (String field : fields) {
          path = path.key(field);
        }
        add(
            Rule.ITEM_NAME,
            path.key(name),
            name,
            "the name cannot be a key of a Secret: use letters, digits, '-', '_' and '.'");
      }
    }

    private void item(String name, @Nullable Object value) {
      TreePath path = placed.field("spec", "encryptedData").key(name);
      itemName(name, "encryptedData");
      if (!(value instanceof String text)) {
        add(Rule.ITEM_NOT_TEXT, path, name, "the value must be a text in Base64");
        return;
      }
      byte[] ciphertext;
      try {
        ciphertext = GoBase64.STD.decode(text);
      } catch (IllegalBase64Exception e) {
        add(Rule.ITEM_BASE64, path, name, e.getMessage());
        return;
      }
      Optional<Envelope> envelope = Envelope.of(ciphertext);
      if (envelope.isEmpty() || envelope.get().valueSize() < 0) {
        add(
            Rule.ITEM_CUT,
            path,
            name,
            "it has "
                + ciphertext.length
                + " bytes, fewer than its header says: a part of it was lost");
        return;
      }
      values += envelope.get().valueSize();
      if (!certificates.isEmpty() && certificates.stream().noneMatch(envelope.get()::canBelongTo)) {
        add(Rule.FOREIGN_KEY, path, name, foreign(envelope.get()));
      }
    }

    private String foreign(Envelope envelope) {
      boolean length =
          certificates.stream().noneMatch(key -> key.size() == envelope.wrappedKeySize());
      return (length
              ? "it was sealed with a key of " + envelope.wrappedKeySize() * 8 + " bits"
              : "its number is too large for the key")
          + (certificates.size() == 1
              ? ", so not with the certificate"
              : ", so with none of the certificates");
    }

    private void object(SealedSecret sealed) {
      String name = sealed.metadata().name();
      if (!KubeNames.isSubdomain(name)) {
        add(
            Rule.OBJECT_NAME,
            placed.field("metadata", "name"),
            "",
            "the name must be a DNS subdomain: lower case letters, digits, '-' and '.'");
      }
      boolean placedSomewhere =
          placed.tree().get("metadata") instanceof Map<?, ?> metadata
              && metadata.get("namespace") instanceof String text
              && !text.isEmpty();
      if (placedSomewhere && !KubeNames.isLabel(sealed.metadata().namespace())) {
        add(
            Rule.OBJECT_NAME,
            placed.field("metadata", "namespace"),
            "",
            "the namespace must be a DNS label: lower case letters, digits and '-', at most 63");
      }
      Scope scope = sealed.scope();
      if (!placedSomewhere && scope != Scope.CLUSTER_WIDE) {
        add(
            Rule.NAMESPACE_MISSING,
            placed.field("metadata"),
            "",
            "no namespace is named, and what is sealed as " + scope + " opens in one only");
      }
      if (forbidden.contains(scope)) {
        TreePath annotations = placed.field("metadata", "annotations");
        add(
            Rule.SCOPE_FORBIDDEN,
            switch (scope) {
              case CLUSTER_WIDE -> annotations.key(CLUSTER_WIDE);
              case NAMESPACE_WIDE -> annotations.key(NAMESPACE_WIDE);
              case STRICT -> placed.field("metadata");
            },
            "",
            "the scope is " + scope + ", which is not allowed here");
      }
      scopeInTemplate(sealed);
      proof.ifPresent(
          each -> findings.addAll(each.check(sealed, placed.field("spec", "encryptedData"))));
    }

    private void scopeAnnotations() {
      if (placed.tree().get("metadata") instanceof Map<?, ?> metadata
          && metadata.get("annotations") instanceof Map<?, ?> annotations) {
        TreePath path = placed.field("metadata", "annotations");
        annotations.forEach((key, value) -> scopeAnnotation((String) key, value, path));
      }
    }

    private void scopeAnnotation(String key, @Nullable Object value, TreePath path) {
      if (MISTAKEN.contains(key)) {
        String instead = "use " + NAMESPACE_WIDE + ": \"true\", or none for strict";
        add(Rule.SCOPE_ANNOTATION, path.key(key), "", "nothing reads " + key + "; " + instead);
      }
      boolean scope = key.equals(CLUSTER_WIDE) || key.equals(NAMESPACE_WIDE);
      if (!scope || "true".equals(value) || "false".equals(value) || "".equals(value)) {
        return;
      }
      add(
          Rule.SCOPE_ANNOTATION,
          path.key(key),
          "",
          value instanceof String
              ? "only the text \"true\" counts for " + key + ", so the object is not of that scope"
              : "an annotation must be a text: write \"true\", in quotes");
    }

    private void scopeInTemplate(SealedSecret sealed) {
      Scope inTemplate = ScopeAnnotations.read(sealed.template().metadata().annotations());
      if (inTemplate != Scope.STRICT && sealed.scope() == Scope.STRICT) {
        String key = inTemplate == Scope.CLUSTER_WIDE ? CLUSTER_WIDE : NAMESPACE_WIDE;
        add(
            Rule.SCOPE_IN_TEMPLATE,
            placed.field("spec", "template", "metadata", "annotations").key(key),
            "",
            "the template says " + inTemplate + ", but the object itself is strict");
      }
    }
  }
}
