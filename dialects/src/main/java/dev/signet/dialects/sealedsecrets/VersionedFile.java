package dev.signet.dialects.sealedsecrets;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.core.sealing.Scope;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.yaml.Document;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.EditException;
import dev.signet.yaml.Editor;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import dev.signet.yaml.TreePath;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file with SealedSecrets as version control compares and merges it: item by item. Ciphertexts
 * are taken as they are, for which no key is needed; that of an item is another one each time the
 * item is sealed, so that two sides that sealed the same value anew have changed it both.
 */
public final class VersionedFile {

  /** Three versions whose items agree, so that the rest of them can be merged as text. */
  public static final class Merged {
    private final byte[] base;
    private final byte[] ours;
    private final byte[] theirs;
    private final List<String> conflicts;

    private Merged(byte[] base, byte[] ours, byte[] theirs, List<String> conflicts) {
      this.base = base;
      this.ours = ours;
      this.theirs = theirs;
      this.conflicts = List.copyOf(conflicts);
    }

    public byte[] base() {
      return base;
    }

    public byte[] ours() {
      return ours;
    }

    public byte[] theirs() {
      return theirs;
    }

    /** The items that both sides changed, {@code namespace/name: item}; they are as in ours. */
    public List<String> conflicts() {
      return conflicts;
    }
  }

  private record Sealed(TreePath items, int document, Scope scope, Map<String, String> values) {}

  private final Editor editor;
  private final Map<String, Sealed> objects = new LinkedHashMap<>();

  private VersionedFile(byte[] text, String source) throws MalformedDocumentException {
    editor = Editor.of(text, source, ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS);
    List<Document> documents = editor.documents();
    Set<String> twice = new LinkedHashSet<>();
    for (int i = 0; i < documents.size(); i++) {
      for (Placed placed : Placed.in(documents.get(i).tree())) {
        try {
          KubeObject object = KubeObject.of(placed.tree(), "");
          String name = object.ref().namespace() + "/" + object.ref().name();
          Sealed sealed =
              new Sealed(
                  placed.field("spec", "encryptedData"),
                  i,
                  SealedSecret.of(object).scope(),
                  items(placed.tree()));
          if (objects.put(name, sealed) != null) {
            twice.add(name);
          }
        } catch (MalformedObjectException e) {
          // It is text like the rest of the file.
        }
      }
    }
    objects.keySet().removeAll(twice);
  }

  private static Map<String, String> items(Map<String, @Nullable Object> object) {
    Map<String, String> items = new LinkedHashMap<>();
    if (object.get("spec") instanceof Map<?, ?> spec
        && spec.get("encryptedData") instanceof Map<?, ?> encrypted) {
      encrypted.forEach((key, value) -> items.put(String.valueOf(key), String.valueOf(value)));
    }
    return items;
  }

  /** The file with a short mark of each ciphertext in its place; nothing if it has none. */
  public static Optional<byte[]> shown(byte[] text, String source) {
    try {
      VersionedFile file = new VersionedFile(text, source);
      for (Sealed each : file.objects.values()) {
        for (Map.Entry<String, String> item : each.values().entrySet()) {
          file.editor.set(each.document(), each.items().key(item.getKey()), mark(item.getValue()));
        }
      }
      return file.editor.isChanged() ? Optional.of(file.editor.bytes()) : Optional.empty();
    } catch (MalformedDocumentException | EditException e) {
      return Optional.empty();
    }
  }

  /** Of the ciphertext, which is public. */
  private static String mark(String ciphertext) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(ciphertext.getBytes(UTF_8));
      return "sealed-" + HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Merges the items of SealedSecrets that are in all three versions, under the same name and
   * scope.
   *
   * @return nothing if there are none of that kind, or if they do not stand there by themselves
   */
  public static Optional<Merged> merge(byte[] base, byte[] ours, byte[] theirs, String source) {
    try {
      VersionedFile before = new VersionedFile(base, source);
      VersionedFile mine = new VersionedFile(ours, source);
      VersionedFile other = new VersionedFile(theirs, source);
      List<String> conflicts = new ArrayList<>();
      boolean any = false;
      for (Map.Entry<String, Sealed> each : mine.objects.entrySet()) {
        Optional<Sealed> then = before.like(each);
        Optional<Sealed> there = other.like(each);
        if (then.isPresent() && there.isPresent()) {
          any = true;
          Map<String, @Nullable String> merged = new LinkedHashMap<>();
          for (String item : merge(each.getValue(), then.get(), there.get(), merged)) {
            conflicts.add(each.getKey() + ": " + item);
          }
          mine.become(each.getValue(), merged);
          before.become(then.get(), merged);
          other.become(there.get(), merged);
        }
      }
      return any
          ? Optional.of(
              new Merged(
                  before.editor.bytes(), mine.editor.bytes(), other.editor.bytes(), conflicts))
          : Optional.empty();
    } catch (MalformedDocumentException | EditException e) {
      return Optional.empty();
    }
  }

  /** An item that was sealed for one scope does not open under another. */
  private Optional<Sealed> like(Map.Entry<String, Sealed> that) {
    return Optional.ofNullable(objects.get(that.getKey()))
        .filter(each -> each.scope().equals(that.getValue().scope()));
  }

  /**
   * Puts together what is to be there, null being removed, and says where both sides changed it.
   */
  private static List<String> merge(
      Sealed ours, Sealed base, Sealed theirs, Map<String, @Nullable String> merged) {
    Set<String> names = new LinkedHashSet<>(ours.values().keySet());
    names.addAll(theirs.values().keySet());
    names.addAll(base.values().keySet());
    List<String> conflicts = new ArrayList<>();
    for (String name : names) {
      String mine = ours.values().get(name);
      String before = base.values().get(name);
      String other = theirs.values().get(name);
      boolean taken = Objects.equals(before, mine) && !Objects.equals(other, mine);
      merged.put(name, taken ? other : mine);
      if (!taken && !Objects.equals(before, other) && !Objects.equals(mine, other)) {
        conflicts.add(name);
      }
    }
    return conflicts;
  }

  private void become(Sealed object, Map<String, @Nullable String> merged) throws EditException {
    for (Map.Entry<String, @Nullable String> item : merged.entrySet()) {
      TreePath place = object.items().key(item.getKey());
      String value = item.getValue();
      if (value == null) {
        editor.remove(object.document(), place);
      } else if (!value.equals(object.values().get(item.getKey()))) {
        editor.set(object.document(), place, value);
      }
    }
  }
}
