package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who opens a file. Secret, so it is closed when it is no longer needed. */
public sealed interface Identity extends AutoCloseable
    permits X25519Identity,
        HybridIdentity,
        SshEd25519Identity,
        SshRsaIdentity,
        PluginIdentity,
        PassphraseIdentity,
        LockedIdentity {

  /**
   * Reads an identity file, as {@code age-keygen} writes it: one {@code AGE-SECRET-KEY-1…} or
   * {@code AGE-SECRET-KEY-PQ-1…} a line; empty lines and those with # at their start are none.
   * Messages quote nothing of it.
   */
  static List<Identity> parseFile(SecretBytes content) throws AgeKeyException {
    return parseLines(content, Optional.empty());
  }

  /**
   * Reads what users have as a file with private keys: lines, also {@code AGE-PLUGIN-NAME-1…}; such
   * a file encrypted with a passphrase; or a private key of SSH.
   */
  static List<Identity> parseFile(SecretBytes content, Passphrase passphrase, Plugins plugins)
      throws AgeKeyException {
    if (content.<Boolean, AgeKeyException>with(SshPrivateKey::isOne)) {
      return List.of(SshPrivateKey.read(content, passphrase));
    }
    if (content.<Boolean, AgeKeyException>with(AgeFile::isOne)) {
      return List.of(new LockedIdentity.File(content.copy(), passphrase, Optional.of(plugins)));
    }
    return parseLines(content, Optional.of(plugins));
  }

  /** Reads a private key of SSH; its passphrase is asked for when a file is for it. */
  static Identity parseSshKey(SecretBytes content, Passphrase passphrase) throws AgeKeyException {
    return SshPrivateKey.read(content, passphrase);
  }

  /** As {@link #parseFile}, of lines only. */
  static List<Identity> parseLines(SecretBytes content, Optional<Plugins> plugins)
      throws AgeKeyException {
    return content.with(bytes -> parse(bytes, plugins));
  }

  private static List<Identity> parse(byte[] content, Optional<Plugins> plugins)
      throws AgeKeyException {
    List<Identity> identities = new ArrayList<>();
    for (KeyLines.Line line : KeyLines.of(content)) {
      byte[] text = line.text();
      try (SecretBytes _ = SecretBytes.wrap(text)) {
        identities.add(one(text, plugins));
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

  private static Identity one(byte[] text, Optional<Plugins> plugins) throws AgeKeyException {
    if (startsWith(text, PluginIdentity.PREFIX)) {
      return PluginIdentity.parse(
          text,
          plugins.orElseThrow(
              () -> new AgeKeyException("the identity is of a plugin; plugins are not used here")));
    }
    boolean hybrid = startsWith(text, HybridIdentity.PREFIX + "1");
    if (!hybrid && !startsWith(text, X25519Identity.PREFIX + "1")) {
      throw new AgeKeyException("unknown identity type");
    }
    try {
      return hybrid ? HybridIdentity.parse(text) : X25519Identity.parse(text);
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
    if (identity instanceof PluginIdentity plugin) {
      return plugin.unwrap(stanzas);
    }
    if (identity instanceof LockedIdentity locked) {
      for (Identity own : locked.unlocked(stanzas)) {
        Optional<SecretBytes> key = unwrap(own, stanzas);
        if (key.isPresent()) {
          return key;
        }
      }
      return Optional.empty();
    }
    for (Stanza stanza : stanzas) {
      Optional<SecretBytes> key =
          switch (identity) {
            case X25519Identity own -> own.unwrap(stanza);
            case HybridIdentity own -> own.unwrap(stanza);
            case SshEd25519Identity own -> own.unwrap(stanza);
            case SshRsaIdentity own -> own.unwrap(stanza);
            case PassphraseIdentity own -> own.unwrap(stanza);
            case PluginIdentity _, LockedIdentity _ -> Optional.empty();
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
