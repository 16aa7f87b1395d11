package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who opens a file. Secret, so it is closed when it is no longer needed. */
public sealed interface Identity extends AutoCloseable permits X25519Identity, PassphraseIdentity {

  /**
   * Reads an identity file, as {@code age-keygen} writes it: one {@code AGE-SECRET-KEY-1…} a line;
   * empty lines and those with # at their start are none. Messages quote nothing of it.
   */
  static List<Identity> parseFile(SecretBytes content) throws AgeKeyException {
    List<Identity> identities = new ArrayList<>();
    try {
      content.with(bytes -> identities.addAll(parse(bytes)));
      return identities;
    } catch (AgeKeyException e) {
      identities.forEach(Identity::close);
      throw e;
    }
  }

  private static List<Identity> parse(byte[] content) throws AgeKeyException {
    List<Identity> identities = new ArrayList<>();
    for (KeyLines.Line line : KeyLines.of(content)) {
      byte[] text = line.text();
      try (SecretBytes _ = SecretBytes.wrap(text)) {
        identities.add(one(text));
      } catch (AgeKeyException e) {
        identities.forEach(Identity::close);
        throw new AgeKeyException("line " + line.number() + ": " + e.getMessage());
      }
    }
    if (identities.isEmpty()) {
      throw new AgeKeyException("no identities found");
    }
    return identities;
  }

  private static Identity one(byte[] text) throws AgeKeyException {
    if (startsWith(text, "AGE-SECRET-KEY-PQ-1") || startsWith(text, "AGE-PLUGIN-")) {
      throw new AgeKeyException(
          "identities that are post-quantum or of a plugin are not supported yet");
    }
    if (!startsWith(text, X25519Identity.PREFIX + "1")) {
      throw new AgeKeyException("unknown identity type");
    }
    try {
      return X25519Identity.parse(text);
    } catch (AgeKeyException e) {
      throw new AgeKeyException("malformed secret key: " + e.getMessage());
    }
  }

  private static boolean startsWith(byte[] text, String start) {
    byte[] bytes = start.getBytes(StandardCharsets.US_ASCII);
    if (text.length < bytes.length) {
      return false;
    }
    for (int i = 0; i < bytes.length; i++) {
      if (text[i] != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * The file key; nothing, if none of the stanzas is for this identity.
   *
   * @throws AgeException when one has the right type, but not the form of that type
   */
  static Optional<SecretBytes> unwrap(Identity identity, List<Stanza> stanzas) throws AgeException {
    for (Stanza stanza : stanzas) {
      Optional<SecretBytes> key =
          switch (identity) {
            case X25519Identity own -> own.unwrap(stanza);
            case PassphraseIdentity own -> own.unwrap(stanza);
          };
      if (key.isPresent()) {
        return key;
      }
    }
    return Optional.empty();
  }

  @Override
  void close();
}
