package dev.signet.sops;

import dev.signet.core.SecretBytes;
import dev.signet.core.age.AgeException;
import dev.signet.core.age.AgeFile;
import dev.signet.core.age.AgeKeyException;
import dev.signet.core.age.Identity;
import dev.signet.core.age.Recipient;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;

/** Keys of age: the part is an age file, armored, to the one recipient. */
public final class AgeWrapping implements KeyWrapping {

  /**
   * What was found of private keys.
   *
   * @param identities closed by whoever made them
   * @param unused where there are none
   * @param problems why some cannot be read
   */
  public record Identities(List<Identity> identities, List<String> unused, List<String> problems) {}

  /** Looks for private keys; commands that print some are told the recipient. */
  @FunctionalInterface
  public interface Source {
    Identities find(String recipient);
  }

  private final Source source;
  private final SecureRandom random;

  public AgeWrapping(Source source, SecureRandom random) {
    this.source = source;
    this.random = random;
  }

  /** Whether a text is a recipient that can be used. */
  static Recipient recipient(String text) throws UnavailableException {
    if (!text.startsWith("age1")) {
      throw new UnavailableException(
          "failed to parse input, unknown recipient type: \"" + text + "\"");
    }
    try {
      return Recipient.parse(text);
    } catch (AgeKeyException e) {
      throw new UnavailableException(
          "failed to parse input as Bech32-encoded age public key: " + e.getMessage());
    }
  }

  @Override
  public String wrap(MasterKey key, SecretBytes part) throws UnavailableException {
    byte[] file = AgeFile.seal(part, List.of(recipient(key.name())), AgeFile.Form.ARMORED, random);
    return new String(file, StandardCharsets.US_ASCII);
  }

  @Override
  public SecretBytes unwrap(MasterKey key) throws UnavailableException {
    Identities found = source.find(key.name());
    if (found.identities().isEmpty()) {
      throw new UnavailableException("failed to load age identities" + where(found));
    }
    try {
      return AgeFile.open(key.enc().getBytes(StandardCharsets.UTF_8), found.identities());
    } catch (AgeException e) {
      String why =
          e.reason() != AgeException.Reason.NO_MATCH
              ? e.getMessage()
              : found.identities().size() == 1
                  ? "identity did not match any of the recipients: incorrect identity for recipient"
                      + " block"
                  : "no identity matched any of the recipients";
      throw new UnavailableException(
          "failed to create reader for decrypting sops data key with age: " + why + where(found));
    }
  }

  private static String where(Identities found) {
    StringBuilder text = new StringBuilder();
    if (!found.problems().isEmpty()) {
      text.append(". Errors while loading age identities: ")
          .append(String.join("; ", found.problems()));
    }
    List<String> unused = found.unused();
    int last = unused.size() - 1;
    if (last == 0) {
      text.append(". Did not find keys in location '").append(unused.getFirst()).append("'.");
    } else if (last > 0) {
      text.append(". Did not find keys in locations '")
          .append(String.join("', '", unused.subList(0, last)))
          .append(last == 1 ? "' and '" : "', and '")
          .append(unused.get(last))
          .append("'.");
    }
    return text.toString();
  }
}
