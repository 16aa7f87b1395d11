package dev.signet.sops;

import dev.signet.core.SecretBytes;
import dev.signet.sops.SopsException.Step;
import dev.signet.sops.Value.Branch;
import dev.signet.sops.Value.Comment;
import dev.signet.sops.Value.Field;
import dev.signet.sops.Value.Member;
import dev.signet.sops.Value.OddField;
import dev.signet.sops.Value.Raw;
import dev.signet.sops.Value.Sequence;
import dev.signet.sops.Value.Text;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The branches of a file, one a document, and its metadata. Encrypting and decrypting change the
 * leaves in place.
 *
 * <p>Leaves are visited in the order of the file. Where a leaf stands is told by the keys on the
 * way to it, without positions in lists; a comment stands where its branch or list does. Null,
 * empty texts and empty collections are not encrypted.
 *
 * <p>The MAC is the SHA-512 of the {@link Leaf bytes} of all leaves but comments, one after the
 * other, in capital hexadecimal digits; encrypted like a leaf, with the time of the last change as
 * associated data. With {@code mac_only_encrypted} it starts with the SHA-256 of {@code sops} and
 * covers the encrypted leaves only. It protects neither names nor comments nor the metadata.
 *
 * <p>Encrypted comments in a list are items like others in the file and become comments again. They
 * never count for the MAC, which one release of upstream (3.13.2) got wrong.
 */
public final class SopsTree {

  private static final byte[] ONLY_ENCRYPTED =
      HexFormat.of().parseHex("8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69");

  private final List<Branch> branches;
  private final LeafCipher cipher;
  private Metadata metadata;

  public SopsTree(List<Branch> branches, Metadata metadata, SecureRandom random) {
    this.branches = new ArrayList<>(branches);
    this.metadata = metadata;
    this.cipher = new LeafCipher(random);
  }

  /** Plain content, encrypted with a new data key for the keys that the metadata name. */
  public static SopsTree encrypted(
      List<Branch> plain, Metadata metadata, KeyWrapping keys, Instant now, SecureRandom random)
      throws SopsException {
    try (SecretBytes dataKey = KeyGroups.newDataKey(random)) {
      SopsTree tree = new SopsTree(plain, KeyGroups.wrap(metadata, dataKey, keys, random), random);
      tree.encrypt(dataKey, now);
      return tree;
    }
  }

  /** Live: changing it changes the tree. */
  public List<Branch> branches() {
    return branches;
  }

  public Metadata metadata() {
    return metadata;
  }

  public void setMetadata(Metadata metadata) {
    this.metadata = metadata;
  }

  /** Other content, under the same metadata. */
  public void replaceBranches(List<Branch> content) {
    branches.clear();
    branches.addAll(content);
  }

  /** Whether a MAC that does not fit is an error. */
  public enum Mac {
    CHECKED,
    IGNORED
  }

  /**
   * Decrypts all that is encrypted.
   *
   * @param warnings told of comments that cannot be decrypted, which are left as they are
   * @throws SopsException also when the MAC does not fit; the tree is of no use then
   */
  public void decrypt(SecretBytes dataKey, Mac mac, Consumer<String> warnings)
      throws SopsException {
    MessageDigest hash = hash();
    Walk walk = new Walk(dataKey, hash, warnings, Task.DECRYPT);
    for (Branch branch : branches) {
      walk.branch(branch);
    }
    if (mac == Mac.CHECKED) {
      check(dataKey, hex(hash));
    }
  }

  /** What the MAC in the file says, to compare contents with. */
  public ExpectedMac expectedMac(SecretBytes dataKey) throws SopsException {
    String expected = storedMac(dataKey);
    return plain -> {
      MessageDigest hash = hash();
      Walk walk = new Walk(dataKey, hash, _ -> {}, Task.COUNT);
      walk.branch(plain);
      return MessageDigest.isEqual(
          expected.getBytes(StandardCharsets.UTF_8), hex(hash).getBytes(StandardCharsets.UTF_8));
    };
  }

  /** A MAC, to be compared with content that was decrypted and whose order may have been lost. */
  @FunctionalInterface
  public interface ExpectedMac {
    boolean fits(Branch plain) throws SopsException;
  }

  private void check(SecretBytes dataKey, String computed) throws SopsException {
    String found = storedMac(dataKey);
    byte[] ours = computed.getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(found.getBytes(StandardCharsets.UTF_8), ours)) {
      throw new SopsException(
          Step.MAC,
          "MAC mismatch. File has "
              + (found.isEmpty() ? "no MAC" : found)
              + ", computed "
              + computed);
    }
  }

  private String storedMac(SecretBytes dataKey) throws SopsException {
    Value stored;
    try {
      stored =
          cipher.decrypt(metadata.mac(), dataKey, MetadataBranch.seconds(metadata.lastModified()));
    } catch (SopsException e) {
      throw new SopsException(Step.MAC, "Cannot decrypt MAC: " + e.getMessage());
    }
    return stored instanceof Text text ? text.text() : "";
  }

  /** Encrypts what is to be, and makes the MAC as of now. */
  public void encrypt(SecretBytes dataKey, Instant now) throws SopsException {
    MessageDigest hash = hash();
    Walk walk = new Walk(dataKey, hash, _ -> {}, Task.ENCRYPT);
    for (Branch branch : branches) {
      walk.branch(branch);
    }
    var modified = now.truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.UTC);
    String mac = cipher.encrypt(new Text(hex(hash)), dataKey, MetadataBranch.seconds(modified));
    metadata = metadata.withMac(modified, mac);
  }

  private MessageDigest hash() {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-512");
      if (metadata.macOnlyEncrypted()) {
        hash.update(ONLY_ENCRYPTED);
      }
      return hash;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks SHA-512", e);
    }
  }

  private static String hex(MessageDigest hash) {
    return HexFormat.of().formatHex(hash.digest()).toUpperCase(Locale.ROOT);
  }

  /** What is done to the leaves. */
  private enum Task {
    ENCRYPT,
    DECRYPT,
    /** Nothing, as they are plain already; only the MAC is made. */
    COUNT
  }

  /** Once over all leaves. */
  private final class Walk {

    private final SecretBytes dataKey;
    private final MessageDigest hash;
    private final Consumer<String> warnings;
    private final Task task;
    private final List<String> path = new ArrayList<>();

    /** The comments that apply, a list for each level. */
    private final List<List<String>> comments = new ArrayList<>();

    Walk(SecretBytes dataKey, MessageDigest hash, Consumer<String> warnings, Task task) {
      this.dataKey = dataKey;
      this.hash = hash;
      this.warnings = warnings;
      this.task = task;
    }

    void branch(Branch branch) throws SopsException {
      comments.add(new ArrayList<>());
      List<Member> members = branch.members();
      for (int i = 0; i < members.size(); i++) {
        switch (members.get(i)) {
          case Comment comment -> {
            comments.getLast().add(comment.text());
            Value changed = leaf(comment);
            members.set(
                i,
                changed instanceof Text text
                    ? new Comment(text.text(), comment.inline())
                    : changed instanceof Comment other ? other : comment);
          }
          case Field field -> {
            path.add(field.key());
            members.set(i, new Field(field.key(), value(field.value())));
            path.removeLast();
            comments.getLast().clear();
          }
          case OddField field ->
              throw failed(
                  "Tree contains a non-string key (type "
                      + field.type()
                      + "). Only string keys are supported");
        }
      }
      comments.removeLast();
    }

    private Value value(Value value) throws SopsException {
      switch (value) {
        case Branch branch -> branch(branch);
        case Sequence sequence -> sequence(sequence);
        case Value.Odd odd -> throw failed("Cannot walk value, unknown type: " + odd.type());
        case Value.Null _ -> {}
        default -> {
          return leaf(value);
        }
      }
      return value;
    }

    private void sequence(Sequence sequence) throws SopsException {
      comments.add(new ArrayList<>());
      List<Value> items = sequence.items();
      for (int i = 0; i < items.size(); i++) {
        Value item = items.get(i);
        boolean comment =
            item instanceof Comment
                || (task == Task.DECRYPT
                    && item instanceof Text text
                    && LeafCipher.isEncryptedComment(text.text()));
        if (comment) {
          comments.getLast().add(item instanceof Comment own ? own.text() : text(item));
        }
        items.set(i, value(item));
        if (!comment) {
          comments.getLast().clear();
        }
      }
      comments.removeLast();
    }

    private static String text(Value item) {
      return item instanceof Text text ? text.text() : "";
    }

    private Value leaf(Value value) throws SopsException {
      boolean comment = value instanceof Comment;
      boolean selected =
          metadata.selection().isEmpty()
              || metadata.selection().get().encrypts(path, comments, comment);
      String place = path.isEmpty() ? ":" : String.join(":", path) + ":";
      return switch (task) {
        case ENCRYPT -> {
          count(value, selected);
          yield selected ? encrypted(value, place) : value;
        }
        case DECRYPT -> {
          Value plain = selected ? decrypted(value, place) : value;
          count(plain, selected);
          yield plain;
        }
        case COUNT -> {
          count(value, selected);
          yield value;
        }
      };
    }

    private void count(Value plain, boolean selected) {
      if (!(plain instanceof Comment) && (selected || !metadata.macOnlyEncrypted())) {
        hash.update(Leaf.bytes(plain));
      }
    }

    private Value encrypted(Value value, String place) throws SopsException {
      String text = cipher.encrypt(value, dataKey, place);
      boolean misleading =
          value instanceof Comment
              && metadata
                  .selection()
                  .filter(
                      selection ->
                          selection.rule() == Selection.Rule.UNENCRYPTED_COMMENT_REGEX
                              && selection.found(text))
                  .isPresent();
      if (misleading) {
        throw failed(
            "Encrypted comment \""
                + text
                + "\" matches UnencryptedCommentRegex! Make sure that UnencryptedCommentRegex cannot"
                + " match an encrypted comment.");
      }
      return new Text(text);
    }

    private Value decrypted(Value value, String place) throws SopsException {
      if (value instanceof Comment comment) {
        try {
          return cipher.decrypt(comment.text(), dataKey, place);
        } catch (SopsException e) {
          warnings.accept(
              "Found possibly unencrypted comment in file. This is to be expected if the file being"
                  + " decrypted was created with an older version of SOPS.");
          return comment;
        }
      }
      if (!(value instanceof Text text)) {
        throw failed("Expected encrypted value as string, but got " + goType(value));
      }
      try {
        return cipher.decrypt(text.text(), dataKey, place);
      } catch (SopsException e) {
        throw failed("Could not decrypt value: " + e.getMessage());
      }
    }

    private static String goType(Value value) {
      return switch (value) {
        case Value.Int _ -> "int";
        case Value.Real _ -> "float64";
        case Value.Bool _ -> "bool";
        case Value.Time _ -> "time.Time";
        case Raw _ -> "a text that is not utf-8";
        default -> "another type";
      };
    }

    private SopsException failed(String message) {
      return new SopsException(
          task == Task.ENCRYPT ? Step.ENCRYPT : Step.DECRYPT, "Error walking tree: " + message);
    }
  }
}
