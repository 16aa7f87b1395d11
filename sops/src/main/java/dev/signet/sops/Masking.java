package dev.signet.sops;

import dev.signet.core.SecretBytes;
import dev.signet.sops.Value.Branch;
import dev.signet.sops.Value.Comment;
import dev.signet.sops.Value.Field;
import dev.signet.sops.Value.Member;
import dev.signet.sops.Value.Sequence;
import dev.signet.sops.Value.Text;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Shows which values of a file changed, and none of them: each that is encrypted is replaced by a
 * hash that only whoever has the data key can compute, with its place. Equal values in one place
 * have equal hashes as long as the data key stays.
 */
public final class Masking {

  private static final int SHOWN = 6;

  private final byte[] key;

  private Masking(byte[] key) {
    this.key = key;
  }

  /**
   * The tree with hashes in it.
   *
   * @param encrypted the tree as it stands in the file
   * @param plain the same, decrypted
   */
  public static List<Branch> masked(
      List<Branch> encrypted, List<Branch> plain, SecretBytes dataKey) {
    byte[] label = "signet.dev/sops/mask".getBytes(StandardCharsets.US_ASCII);
    Masking masking = new Masking(dataKey.with(bytes -> hmac(bytes, label)));
    List<Branch> result = new ArrayList<>();
    for (int i = 0; i < plain.size(); i++) {
      result.add(masking.branch("", encrypted.get(i), plain.get(i)));
    }
    return result;
  }

  private Branch branch(String path, Branch encrypted, Branch plain) {
    Branch result = new Branch();
    for (int i = 0; i < plain.members().size(); i++) {
      Member was = encrypted.members().get(i);
      switch (plain.members().get(i)) {
        case Comment comment ->
            result.add(
                was instanceof Comment before && isEncrypted(before.text())
                    ? new Comment(" " + hash(path, comment), comment.inline())
                    : comment);
        case Field field -> {
          Value before = was instanceof Field other ? other.value() : field.value();
          result.add(field.key(), value(path + field.key() + ":", before, field.value()));
        }
        case Value.OddField odd -> result.add(odd);
      }
    }
    return result;
  }

  private Value value(String path, Value encrypted, Value plain) {
    if (encrypted instanceof Text text && isEncrypted(text.text())) {
      return new Text(hash(path, plain));
    }
    if (encrypted instanceof Comment comment && isEncrypted(comment.text())) {
      return new Comment(" " + hash(path, plain), comment.inline());
    }
    if (encrypted instanceof Branch before && plain instanceof Branch after) {
      return branch(path, before, after);
    }
    if (encrypted instanceof Sequence before && plain instanceof Sequence after) {
      Sequence result = new Sequence();
      for (int i = 0; i < after.items().size(); i++) {
        result.items().add(value(path, before.items().get(i), after.items().get(i)));
      }
      return result;
    }
    return plain;
  }

  private static boolean isEncrypted(String text) {
    return text.startsWith("ENC[AES256_GCM,");
  }

  private String hash(String path, Value plain) {
    byte[] hash =
        hmac(
            key,
            (path + "\0" + new String(Leaf.bytes(plain), StandardCharsets.ISO_8859_1))
                .getBytes(StandardCharsets.UTF_8));
    return "hash-" + HexFormat.of().formatHex(hash, 0, SHOWN);
  }

  private static byte[] hmac(byte[] key, byte[] message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks HmacSHA256", e);
    }
  }
}
