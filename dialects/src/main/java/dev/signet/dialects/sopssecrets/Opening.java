package dev.signet.dialects.sopssecrets;

import dev.signet.core.GoBase64;
import dev.signet.core.IllegalBase64Exception;
import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.object.KubeObject;
import dev.signet.dialects.sopssecrets.ClosedException.Reason;
import dev.signet.sops.Format;
import dev.signet.sops.KeyGroups;
import dev.signet.sops.KeyWrapping;
import dev.signet.sops.SopsException;
import dev.signet.sops.SopsTree;
import dev.signet.sops.Value;
import dev.signet.sops.Value.Branch;
import dev.signet.sops.Value.Field;
import dev.signet.sops.Value.Raw;
import dev.signet.sops.Value.Sequence;
import dev.signet.sops.Value.Text;
import dev.signet.yaml.GoJson;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Opens a SopsSecret as it is stored in a cluster: the object as JSON, without what the server
 * added, is decrypted as a file of SOPS. Values pass through texts here, which cannot be zeroed.
 */
final class Opening {

  /** The server's own; the MAC of no file covers them. */
  private static final Set<String> OF_SERVER =
      Set.of(
          "uid",
          "resourceVersion",
          "generation",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "managedFields",
          "selfLink",
          "ownerReferences",
          "finalizers");

  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  /**
   * A Secret that is described.
   *
   * @param data owned by the template
   */
  record Template(
      String name,
      Map<String, String> labels,
      Map<String, String> annotations,
      String type,
      Material data)
      implements AutoCloseable {
    @Override
    public void close() {
      data.close();
    }
  }

  /**
   * What came out.
   *
   * @param macFits whether the MAC was found to fit; empty when it was not compared here
   */
  record Opened(List<Template> templates, Optional<Boolean> macFits) implements AutoCloseable {
    @Override
    public void close() {
      templates.forEach(Template::close);
    }
  }

  private final SecureRandom random;

  Opening(SecureRandom random) {
    this.random = random;
  }

  /** The text of which a change means that it has to be opened again. */
  static byte[] text(KubeObject object) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    object
        .tree()
        .forEach(
            (name, value) -> {
              if (name.equals("metadata")) {
                tree.put(name, ofFile(value));
              } else if (!name.equals("status")) {
                tree.put(name, value);
              }
            });
    return GoJson.write(tree, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, @Nullable Object> ofFile(@Nullable Object metadata) {
    Map<String, @Nullable Object> result = new LinkedHashMap<>();
    if (metadata instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        String name = String.valueOf(entry.getKey());
        if (name.equals("annotations") && entry.getValue() instanceof Map<?, ?> annotations) {
          Map<String, @Nullable Object> kept = new LinkedHashMap<>();
          annotations.forEach((key, value) -> kept.put(String.valueOf(key), value));
          kept.remove(LAST_APPLIED);
          if (!kept.isEmpty()) {
            result.put(name, kept);
          }
        } else if (!OF_SERVER.contains(name)) {
          result.put(name, entry.getValue());
        }
      }
    }
    return result;
  }

  Opened open(KubeObject object, KeyWrapping keys, SopsSecretRules.Mac rule)
      throws ClosedException {
    if (!(object.tree().get("sops") instanceof Map<?, ?>)) {
      throw new ClosedException(
          Reason.MALFORMED, "it has no field sops: `sops encrypt` the file before it is applied");
    }
    try {
      SopsTree tree =
          Format.of(Format.Kind.JSON, Format.Layout.USUAL).readEncrypted(text(object), random);
      try (SecretBytes dataKey = KeyGroups.open(tree.metadata(), keys, KeyGroups.USUAL_ORDER)) {
        tree.decrypt(dataKey, SopsTree.Mac.IGNORED, _ -> {});
        Branch plain = tree.branches().getFirst();
        Optional<Boolean> fits =
            rule == SopsSecretRules.Mac.COMPARED
                ? Optional.empty()
                : Optional.of(macFits(tree, plain, dataKey));
        if (rule == SopsSecretRules.Mac.REQUIRED && !fits.orElse(false)) {
          throw new ClosedException(Reason.MAC, Verification.UNPROVEN);
        }
        return new Opened(templates(plain, object), fits);
      }
    } catch (SopsException e) {
      throw new ClosedException(
          e.step() == SopsException.Step.DATA_KEY ? Reason.NO_KEY : Reason.MALFORMED,
          said(e.getMessage()));
    }
  }

  private static boolean macFits(SopsTree tree, Branch plain, SecretBytes dataKey) {
    try {
      return FieldOrders.fits(plain, tree.expectedMac(dataKey));
    } catch (SopsException e) {
      return false;
    }
  }

  /** On one line, as conditions and events have it. */
  private static String said(String message) {
    return message.replaceAll("[\\s|]+", " ").strip();
  }

  private static List<Template> templates(Branch plain, KubeObject object) throws ClosedException {
    Value list =
        FieldOrders.branch(plain, "spec")
            .flatMap(spec -> FieldOrders.value(spec, "secretTemplates"))
            .orElse(null);
    if (!(list instanceof Sequence sequence)) {
      throw malformed("spec.secretTemplates", "is no list");
    }
    List<Template> templates = new ArrayList<>();
    try {
      for (Value item : sequence.items()) {
        String place = "spec.secretTemplates[" + templates.size() + "]";
        if (item instanceof Branch branch) {
          templates.add(template(branch, place, object));
        } else if (!(item instanceof Value.Comment)) {
          throw malformed(place, "is no object");
        }
      }
      return templates;
    } catch (ClosedException e) {
      templates.forEach(Template::close);
      throw e;
    }
  }

  private static Template template(Branch branch, String place, KubeObject object)
      throws ClosedException {
    Material data = new Material();
    try {
      String source = "ciphertext in SopsSecret/" + object.ref().path();
      for (String field : List.of("stringData", "data")) {
        for (Field each : fields(branch, field, place)) {
          String at = place + "." + field + "." + each.key();
          SecretBytes value = bytes(each.value(), at);
          Origin origin = Origin.of(source, at);
          data.put(each.key(), new Item(field.equals("data") ? decoded(value, at) : value, origin));
        }
      }
      return new Template(
          text(branch, "name", place),
          texts(branch, "labels", place),
          texts(branch, "annotations", place),
          text(branch, "type", place),
          data);
    } catch (ClosedException e) {
      data.close();
      throw e;
    }
  }

  private static SecretBytes decoded(SecretBytes value, String place) throws ClosedException {
    try (value) {
      return value.with(bytes -> SecretBytes.wrap(GoBase64.STD.decode(bytes)));
    } catch (IllegalBase64Exception e) {
      throw malformed(place, "is not Base64; stringData takes values as they are");
    }
  }

  private static SecretBytes bytes(Value value, String place) throws ClosedException {
    return switch (value) {
      case Text text -> SecretBytes.ofText(CharBuffer.wrap(text.text()));
      case Raw raw -> SecretBytes.wrap(raw.bytes());
      case Value.Null _ -> SecretBytes.wrap(new byte[0]);
      default -> throw typed(value, place);
    };
  }

  private static List<Field> fields(Branch branch, String name, String place)
      throws ClosedException {
    return switch (FieldOrders.value(branch, name).orElse(new Value.Null())) {
      case Value.Null _ -> List.of();
      case Branch map ->
          map.members().stream().filter(Field.class::isInstance).map(Field.class::cast).toList();
      default -> throw malformed(place + "." + name, "is no object");
    };
  }

  private static String text(Branch branch, String name, String place) throws ClosedException {
    Value value = FieldOrders.value(branch, name).orElse(new Value.Null());
    return switch (value) {
      case Text text -> text.text();
      case Value.Null _ -> "";
      default -> throw typed(value, place + "." + name);
    };
  }

  private static Map<String, String> texts(Branch branch, String name, String place)
      throws ClosedException {
    Map<String, String> texts = new TreeMap<>();
    for (Field each : fields(branch, name, place)) {
      texts.put(
          each.key(),
          switch (each.value()) {
            case Text text -> text.text();
            case Value.Null _ -> "";
            default -> throw typed(each.value(), place + "." + name + "." + each.key());
          });
    }
    return texts;
  }

  private static ClosedException typed(Value value, String place) {
    String type =
        switch (value) {
          case Value.Int _, Value.Real _ -> "a number";
          case Value.Bool _ -> "a boolean";
          case Branch _ -> "an object";
          case Sequence _ -> "a list";
          default -> "no text";
        };
    return malformed(place, "is " + type + "; put it in quotes and encrypt it again");
  }

  private static ClosedException malformed(String place, String what) {
    return new ClosedException(Reason.MALFORMED, place + " " + what);
  }
}
