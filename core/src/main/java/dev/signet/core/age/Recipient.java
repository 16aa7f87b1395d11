package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whom a file is encrypted to. */
public sealed interface Recipient
    permits X25519Recipient,
        HybridRecipient,
        SshEd25519Recipient,
        SshRsaRecipient,
        PluginRecipient,
        PassphraseRecipient {

  /** Reads {@code age1…}, {@code age1pq1…} or a public key of SSH. */
  static Recipient parse(String text) throws AgeKeyException {
    if (isOfPlugin(text)) {
      throw new AgeKeyException(
          "recipient " + shortened(text) + " is of a plugin; plugins are not used here");
    }
    return parse(text, Optional.empty());
  }

  /** Also reads {@code age1NAME1…}, for which a plugin is started when it is used. */
  static Recipient parse(String text, Optional<Plugins> plugins) throws AgeKeyException {
    try {
      if (text.startsWith("ssh-")) {
        return SshPrivateKey.recipient(
            SshWire.authorizedKey(text)
                .orElseThrow(() -> new AgeKeyException("ssh: no key found")));
      }
      if (!text.startsWith("age1")) {
        throw new AgeKeyException("unknown recipient type");
      }
      if (isOfPlugin(text)) {
        return PluginRecipient.parse(text, plugins);
      }
      return text.startsWith("age1pq1") ? HybridRecipient.parse(text) : X25519Recipient.parse(text);
    } catch (AgeKeyException e) {
      throw e.getMessage().equals("unknown recipient type")
          ? e
          : new AgeKeyException(
              "malformed recipient \"" + shortened(text) + "\": " + e.getMessage());
    }
  }

  private static boolean isOfPlugin(String text) {
    return text.startsWith("age1") && !text.startsWith("age1pq1") && text.indexOf('1', 4) > 0;
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

  /** How this recipient gets at the file key. */
  static Wrapped wrap(Recipient recipient, SecretBytes fileKey, SecureRandom random)
      throws AgeException {
    return switch (recipient) {
      case X25519Recipient key -> Wrapped.of(key.wrap(fileKey, random));
      case HybridRecipient key ->
          new Wrapped(List.of(key.wrap(fileKey, random)), Set.of(HybridRecipient.LABEL));
      case SshEd25519Recipient key -> Wrapped.of(key.wrap(fileKey, random));
      case SshRsaRecipient key -> Wrapped.of(key.wrap(fileKey, random));
      case PluginRecipient plugin -> plugin.wrap(fileKey);
      case PassphraseRecipient passphrase -> Wrapped.of(passphrase.wrap(fileKey, random));
    };
  }
}
