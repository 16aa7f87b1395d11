package dev.signet.dialects.sopssecrets;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.core.SecretBytes;
import dev.signet.core.age.X25519Identity;
import dev.signet.sops.FluxKeys;
import dev.signet.sops.Format;
import dev.signet.sops.MasterKey;
import dev.signet.sops.Metadata;
import dev.signet.sops.OpenKeys;
import dev.signet.sops.Selection;
import dev.signet.sops.SopsException;
import dev.signet.sops.SopsTree;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What somebody with `sops encrypt` does, and the keys that open it. */
final class Encrypting {

  static final SecureRandom RANDOM = new SecureRandom();

  static final DecryptionKeys.Machine NOTHING =
      () -> FluxKeys.read("the environment", Map.of(), RANDOM);

  private Encrypting() {}

  static X25519Identity identity() {
    return X25519Identity.generate(RANDOM);
  }

  static String text(X25519Identity identity) {
    try (SecretBytes text = identity.text()) {
      return text.with(bytes -> new String(bytes, UTF_8));
    }
  }

  /** The keys of one place that has that identity. */
  static OpenKeys keys(X25519Identity identity) {
    try (SecretBytes text = identity.text()) {
      return FluxKeys.read("the test", Map.of("key.agekey", text), RANDOM);
    }
  }

  /** With {@code --encrypted-suffix Templates}, as upstream's documentation has it. */
  static String encrypted(String yaml, X25519Identity reader) {
    return encrypted(yaml, reader, /* macOnlyEncrypted= */ false);
  }

  static String encrypted(String yaml, X25519Identity reader, boolean macOnlyEncrypted) {
    Format format = Format.of(Format.Kind.YAML, Format.Layout.USUAL);
    MasterKey key = new MasterKey.Age(reader.recipient().toString(), "");
    Metadata metadata =
        new Metadata(
            List.of(List.of(key)),
            0,
            Optional.of(new Selection(Selection.Rule.ENCRYPTED_SUFFIX, "Templates")),
            macOnlyEncrypted,
            Instant.EPOCH.atOffset(ZoneOffset.UTC),
            "",
            "3.13.3");
    try (OpenKeys keys = keys(reader)) {
      SopsTree tree =
          SopsTree.encrypted(
              format.read(yaml.getBytes(UTF_8)), metadata, keys, Instant.EPOCH, RANDOM);
      return new String(format.writeEncrypted(tree), UTF_8);
    } catch (SopsException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
