package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/** Whom a file is encrypted to. */
public sealed interface Recipient permits X25519Recipient, PassphraseRecipient {

  /** Reads {@code age1…}. */
  static Recipient parse(String text) throws AgeKeyException {
    if (!text.startsWith("age1")) {
      throw new AgeKeyException("unknown recipient type");
    }
    if (text.startsWith("age1pq1") || text.indexOf('1', 4) > 0) {
      throw new AgeKeyException(
          "recipient " + shortened(text) + " is post-quantum or of a plugin, not supported yet");
    }
    try {
      return X25519Recipient.parse(text);
    } catch (AgeKeyException e) {
      throw new AgeKeyException(
          "malformed recipient \"" + shortened(text) + "\": " + e.getMessage());
    }
  }

  private static String shortened(String text) {
    return text.length() <= 80 ? text : text.substring(0, 77) + "...";
  }

  /** Reads a recipients file: one a line; empty lines and those with # at their start are none. */
  static List<Recipient> parseFile(String content) throws AgeKeyException {
    List<Recipient> recipients = new ArrayList<>();
    int number = 0;
    for (KeyLines.Line line : KeyLines.of(content.getBytes(StandardCharsets.UTF_8))) {
      number = line.number();
      try {
        recipients.add(parse(new String(line.text(), StandardCharsets.UTF_8)));
      } catch (AgeKeyException e) {
        throw new AgeKeyException("line " + number + ": " + e.getMessage());
      }
    }
    if (recipients.isEmpty()) {
      throw new AgeKeyException("no recipients found");
    }
    return recipients;
  }

  /** The stanza by which this recipient gets at the file key. */
  static Stanza wrap(Recipient recipient, SecretBytes fileKey, SecureRandom random) {
    return switch (recipient) {
      case X25519Recipient key -> key.wrap(fileKey, random);
      case PassphraseRecipient passphrase -> passphrase.wrap(fileKey, random);
    };
  }
}
