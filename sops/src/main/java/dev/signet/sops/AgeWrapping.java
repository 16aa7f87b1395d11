package dev.signet.sops;

import dev.signet.core.SecretBytes;
import dev.signet.core.age.AgeException;
import dev.signet.core.age.AgeFile;
import dev.signet.core.age.AgeKeyException;
import dev.signet.core.age.Identity;
import dev.signet.core.age.Plugins;
import dev.signet.core.age.Recipient;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

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
  private final Optional<Plugins> plugins;
  private final SecureRandom random;

  /**
   * @param plugins what starts programs for recipients of other kinds, if that may be
   */
  public AgeWrapping(Source source, Optional<Plugins> plugins, SecureRandom random) {
    this.source = source;
    this.plugins = plugins;
    this.random = random;
  }

  /** A recipient; the plugin that one may need is not started. */
  static Recipient recipient(String text, Optional<Plugins> plugins) throws UnavailableException {
    boolean ssh = text.startsWith("ssh-");
    if (!ssh && !text.startsWith("age1")) {
      throw new UnavailableException(
          "failed to parse input, unknown recipient type: \"" + text + "\"");
    }
    boolean plugin = !ssh && !text.startsWith("age1pq1") && text.indexOf('1', 4) > 0;
    try {
      return Recipient.parse(text, plugins);
    } catch (AgeKeyException e) {
      String as =
          ssh
              ? "age-ssh public key"
              : plugin ? "age key from age plugin" : "Bech32-encoded age public key";
      throw new UnavailableException("failed to parse input as " + as + ": " + e.getMessage());
    }
  }

  @Override
  public String wrap(MasterKey key, SecretBytes part) throws UnavailableException {
    Recipient recipient = recipient(key.name(), plugins);
    try {
      byte[] file = AgeFile.seal(part, List.of(recipient), AgeFile.Form.ARMORED, random);
      return new String(file, StandardCharsets.US_ASCII);
    } catch (AgeException e) {
      throw new UnavailableException(
          "failed to create writer for encrypting sops data key with age: " + e.getMessage());
    }
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
