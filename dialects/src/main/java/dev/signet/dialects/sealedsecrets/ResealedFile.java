package dev.signet.dialects.sealedsecrets;

import dev.signet.core.sealing.Scope;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.dialects.sealedsecrets.Resealing.Failed;
import dev.signet.dialects.sealedsecrets.Resealing.Result;
import dev.signet.dialects.sealedsecrets.Resealing.Stale;
import dev.signet.yaml.Document;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.EditException;
import dev.signet.yaml.Editor;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file whose SealedSecrets are sealed for the newest key: only the ciphertexts of items on other
 * keys differ from the file before. If one item of it does not open, the file stays as it is: half
 * of an object on a key that was meant to be retired helps nobody.
 */
public final class ResealedFile {

  /**
   * One SealedSecret of the file.
   *
   * @param name namespace and name, or as much as there is of them
   * @param problem what is wrong with the object as a whole; empty if nothing
   */
  public record Sealed(
      String name, int line, Scope scope, Map<String, Result> items, String problem) {

    boolean failed() {
      return !problem.isEmpty() || items.values().stream().anyMatch(Failed.class::isInstance);
    }
  }

  private final List<Sealed> objects;
  private final byte[] content;
  private final boolean changed;

  private ResealedFile(List<Sealed> objects, byte[] content, boolean changed) {
    this.objects = objects;
    this.content = content;
    this.changed = changed;
  }

  /**
   * Reads a file and seals anew what is stale.
   *
   * @param source how messages call it
   * @param namespace of objects that name none
   */
  public static ResealedFile of(byte[] input, String source, String namespace, Resealing resealing)
      throws MalformedDocumentException, EditException {
    Editor editor = Editor.of(input, source, ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS);
    List<Sealed> objects = new ArrayList<>();
    List<Document> documents = editor.documents();
    for (int i = 0; i < documents.size(); i++) {
      for (Placed placed : Placed.in(documents.get(i).tree())) {
        Sealed sealed = reseal(placed, editor, i, namespace, resealing);
        objects.add(sealed);
        for (Map.Entry<String, Result> item : sealed.items().entrySet()) {
          if (item.getValue() instanceof Stale stale) {
            editor.set(i, placed.field("spec", "encryptedData").key(item.getKey()), stale.text());
          }
        }
      }
    }
    boolean failed = objects.stream().anyMatch(Sealed::failed);
    boolean changed = editor.isChanged() && !failed;
    return new ResealedFile(List.copyOf(objects), changed ? editor.bytes() : input, changed);
  }

  private static Sealed reseal(
      Placed placed, Editor editor, int document, String namespace, Resealing resealing) {
    int line = editor.outline(document).nearest(placed.path()).line();
    try {
      KubeObject object = KubeObject.of(placed.tree(), namespace);
      SealedSecret sealed = SealedSecret.of(object);
      String problem =
          sealed.deprecatedData().isPresent()
              ? "it uses the deprecated field spec.data, which holds a whole Secret: seal it again"
              : "";
      Map<String, Result> items = new TreeMap<>(resealing.reseal(sealed));
      // Written elsewhere, for others too: what is here would have to become longer.
      items.replaceAll(
          (name, result) ->
              result instanceof Stale
                      && editor
                          .outline(document)
                          .value(placed.field("spec", "encryptedData").key(name))
                          .isEmpty()
                  ? new Failed("it comes from an alias or a merge (<<); write it out here")
                  : result);
      return new Sealed(
          object.ref().namespace() + "/" + object.ref().name(),
          line,
          sealed.scope(),
          items,
          problem);
    } catch (MalformedObjectException e) {
      return new Sealed("SealedSecret", line, Scope.STRICT, Map.of(), e.getMessage());
    }
  }

  public List<Sealed> objects() {
    return objects;
  }

  /** Whether some item or object failed, so that the file stays as it is. */
  public boolean failed() {
    return objects.stream().anyMatch(Sealed::failed);
  }

  /** Whether the file is to be written. */
  public boolean changed() {
    return changed;
  }

  /** The new bytes of the file. The array must not be changed. */
  public byte[] content() {
    return content;
  }
}
