package dev.signet.cli;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.core.age.AgeException;
import dev.signet.core.age.AgeFile;
import dev.signet.core.age.AgeKeyException;
import dev.signet.core.age.Identity;
import dev.signet.core.age.PassphraseIdentity;
import dev.signet.core.sealing.KeyOrder;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.MalformedKeyException;
import dev.signet.core.sealing.OpeningKey;
import dev.signet.core.sealing.RsaPublicKey;
import dev.signet.core.sealing.SealingKey;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import dev.signet.dialects.sealedsecrets.SealingKeys;
import dev.signet.dialects.sealedsecrets.escrow.SecretTarget;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keys from where people keep them: upstream's backups, which are Secrets one after the other or a
 * List in plain; private keys in PEM; age files with such inside, as escrow makes them; folders of
 * all that; a pair of PEM files.
 *
 * <p>Only a Secret with its certificate and with the label that says active can be the newest key.
 * A key that was marked as anything else, such as compromised, still opens: that is what moves
 * values away from it.
 */
final class KeyFiles implements AutoCloseable {

  private final Surroundings surroundings;
  private final List<String> identityFiles;
  private final Optional<String> passphraseFile;
  private final List<Found> found = new ArrayList<>();
  private final List<SealingKey> sealing = new ArrayList<>();
  private final List<OpeningKey> opening = new ArrayList<>();
  private final List<Identity> identities = new ArrayList<>();
  private Optional<KeyRing> all = Optional.empty();
  private boolean identitiesRead;
  private boolean hasPassphrase;

  /**
   * A key Secret; or nothing but a private key, without the Secret that it was in.
   *
   * @param source where it was found, for messages
   */
  private record Found(Optional<Secret> secret, Optional<OpeningKey> bare, String source) {}

  KeyFiles(Surroundings surroundings, List<String> identityFiles, Optional<String> passphraseFile) {
    this.surroundings = surroundings;
    this.identityFiles = List.copyOf(identityFiles);
    this.passphraseFile = passphraseFile;
  }

  /** The Secrets that were read so far, each with its certificate; closed with this. */
  List<Secret> secrets() throws CommandFailure {
    List<Secret> secrets = new ArrayList<>();
    for (Found each : found) {
      Secret secret =
          each.secret()
              .orElseThrow(
                  () ->
                      CommandFailure.of(
                          each.source() + " is a private key without its certificate",
                          "give the key Secret, or both with --certificate and --private-key"));
      try {
        SealingKeys.read(secret).close();
      } catch (MalformedKeyException e) {
        throw CommandFailure.of(each.source() + ": " + e.getMessage() + "; nothing was imported");
      }
      secrets.add(secret);
    }
    return secrets;
  }

  /** All keys; nothing may be read after that. Closed with this. */
  KeyRing ring() throws CommandFailure {
    if (all.isPresent()) {
      return all.get();
    }
    List<OpeningKey> more = new ArrayList<>();
    for (Found each : found) {
      each.bare().ifPresent(more::add);
      if (each.secret().isPresent()) {
        try {
          add(each.secret().get(), more);
        } catch (MalformedKeyException e) {
          throw CommandFailure.of(each.source() + ": " + e.getMessage());
        }
      }
    }
    KeyRing ring = KeyRing.of(sealing, KeyOrder.CERTIFICATE_NOT_BEFORE);
    for (OpeningKey key : more) {
      ring = ring.with(key);
    }
    KeyRing fast = ring.using(FastRsa.ofCommand());
    all = Optional.of(fast);
    return fast;
  }

  private void add(Secret secret, List<OpeningKey> more) throws MalformedKeyException {
    String label = secret.metadata().labels().getOrDefault(SealingKeys.LABEL, SealingKeys.ACTIVE);
    if (secret.data().get("tls.crt").isPresent() && label.equals(SealingKeys.ACTIVE)) {
      sealing.add(SealingKeys.read(secret));
    } else {
      OpeningKey key = opening(secret);
      opening.add(key);
      more.add(key);
    }
  }

  private static OpeningKey opening(Secret secret) throws MalformedKeyException {
    Optional<Item> key = secret.data().get("tls.key");
    if (key.isEmpty()) {
      throw new MalformedKeyException("secret must contain a 'tls.key' key");
    }
    return key.get().value().with(OpeningKey::read);
  }

  /** The only key, if there is but one and its certificate is not here. */
  Optional<RsaPublicKey> only() throws CommandFailure {
    KeyRing ring = ring();
    return ring.size() == 1 && sealing.isEmpty()
        ? found
            .getFirst()
            .bare()
            .or(() -> Optional.of(opening.getFirst()))
            .map(OpeningKey::publicKey)
        : Optional.empty();
  }

  /** The identities of the files that were named; closed with this. */
  List<Identity> identities() throws CommandFailure {
    if (!identitiesRead) {
      identitiesRead = true;
      for (String file : identityFiles) {
        try (SecretBytes content = SecretBytes.wrap(InputOutput.read(surroundings, file))) {
          identities.addAll(Identity.parseFile(content));
        } catch (AgeKeyException e) {
          throw CommandFailure.of(file + ": " + e.getMessage());
        }
      }
      if (passphraseFile.isPresent()) {
        hasPassphrase = true;
        identities.add(
            new PassphraseIdentity(Passphrases.fromFile(surroundings, passphraseFile.get())));
      }
    }
    return identities;
  }

  /** A file, a folder of files, or standard input for {@code -}. */
  void read(String name) throws CommandFailure {
    Path path = surroundings.path(name);
    if (name.equals("-") || !Files.isDirectory(path)) {
      content(InputOutput.read(surroundings, name), name.equals("-") ? "standard input" : name);
      return;
    }
    List<Path> files;
    try (Stream<Path> inside = Files.list(path)) {
      files = inside.filter(KeyFiles::mayHoldKeys).sorted().toList();
    } catch (IOException e) {
      throw CommandFailure.of("cannot read " + name + ": " + InputOutput.reason(e));
    }
    for (Path file : files) {
      String each = Path.of(name).resolve(String.valueOf(file.getFileName())).toString();
      content(InputOutput.read(surroundings, each), each);
    }
  }

  private static boolean mayHoldKeys(Path file) {
    String name = String.valueOf(file.getFileName());
    return !name.startsWith(".")
        && Stream.of(".age", ".yaml", ".yml", ".json").anyMatch(name::endsWith)
        && Files.isRegularFile(file);
  }

  /** What escrow put into Secrets of that namespace. */
  void readEscrow(Objects objects, String namespace) throws CommandFailure, ObjectsException {
    for (Secret secret : objects.secrets(namespace, SecretTarget.LABEL, SecretTarget.VALUE)) {
      try (secret) {
        for (Map.Entry<String, Item> entry : secret.data().items().entrySet()) {
          content(
              entry.getValue().value().with(byte[]::clone), secret.ref() + " " + entry.getKey());
        }
      }
    }
  }

  private void content(byte[] content, String source) throws CommandFailure {
    int before = found.size();
    if (isAge(content)) {
      try (SecretBytes plain = decrypted(content, source)) {
        plain(plain.with(byte[]::clone), source);
      }
    } else {
      plain(content, source);
    }
    if (found.size() == before) {
      throw CommandFailure.of(source + " holds no key", "give PEM, a key Secret or a List");
    }
  }

  private void plain(byte[] content, String source) throws CommandFailure {
    try {
      found.add(new Found(Optional.empty(), Optional.of(OpeningKey.read(content)), source));
    } catch (MalformedKeyException notPem) {
      manifest(content, source);
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private static boolean isAge(byte[] content) {
    byte[] version = "age-encryption.org/".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    return AgeFile.formOf(content) == AgeFile.Form.ARMORED
        || (content.length > version.length
            && Arrays.equals(content, 0, version.length, version, 0, version.length));
  }

  private SecretBytes decrypted(byte[] file, String source) throws CommandFailure {
    try {
      boolean passphrase = AgeFile.recipientTypes(file).equals(List.of("scrypt"));
      List<Identity> who = identities();
      if (passphrase && !hasPassphrase) {
        hasPassphrase = true;
        who.add(
            new PassphraseIdentity(
                Passphrases.ask("passphrase of " + source, "--passphrase-file")));
      }
      return AgeFile.open(file, who);
    } catch (AgeException e) {
      String hint =
          e.reason() == AgeException.Reason.NO_MATCH && identityFiles.isEmpty()
              ? "name a file with the identity it is for with --identity"
              : "";
      throw CommandFailure.of(source + ": " + e.getMessage(), hint);
    }
  }

  private void manifest(byte[] content, String source) throws CommandFailure {
    try {
      for (Document document :
          Documents.read(content, source, ReadLimits.DEFAULT, DuplicateKeys.REJECTED)) {
        collect(document.tree(), source);
      }
    } catch (MalformedDocumentException e) {
      throw CommandFailure.because(e);
    } catch (MalformedObjectException | MalformedKeyException e) {
      throw CommandFailure.of(source + ": " + e.getMessage());
    }
  }

  private void collect(Map<?, ?> tree, String source)
      throws MalformedObjectException, MalformedKeyException {
    if (tree.get("items") instanceof List<?> items) {
      for (Object item : items) {
        if (item instanceof Map<?, ?> map) {
          collect(map, source);
        }
      }
      return;
    }
    @SuppressWarnings("unchecked")
    Secret secret = SecretManifest.read((Map<String, @Nullable Object>) tree, source);
    found.add(new Found(Optional.of(secret), Optional.empty(), source));
    opening(secret).close();
  }

  /** A pair that somebody else made. */
  void readPair(String name, String certificateFile, String keyFile) throws CommandFailure {
    byte[] certificate = InputOutput.read(surroundings, certificateFile);
    byte[] key = InputOutput.read(surroundings, keyFile);
    try (SealingKey both =
        SealingKey.read(name, surroundings.clock().instant(), certificate, key)) {
      if (!both.halvesMatch()) {
        throw CommandFailure.of(
            certificateFile + " and " + keyFile + " do not belong together",
            "what is sealed with the one could not be opened with the other");
      }
    } catch (MalformedKeyException e) {
      throw CommandFailure.of(certificateFile + ", " + keyFile + ": " + e.getMessage());
    }
    Material data = new Material();
    data.put(
        "tls.crt", new Item(SecretBytes.wrap(certificate), Origin.of("file", certificateFile)));
    data.put("tls.key", new Item(SecretBytes.wrap(key), Origin.of("file", keyFile)));
    Secret pair =
        new Secret(
            Metadata.named(SealingKeys.NAMESPACE, name),
            "kubernetes.io/tls",
            Optional.empty(),
            data);
    found.add(new Found(Optional.of(pair), Optional.empty(), keyFile));
  }

  @Override
  public void close() {
    for (Found each : found) {
      each.secret().ifPresent(Secret::close);
      each.bare().ifPresent(OpeningKey::close);
    }
    sealing.forEach(SealingKey::close);
    opening.forEach(OpeningKey::close);
    identities.forEach(Identity::close);
  }
}
