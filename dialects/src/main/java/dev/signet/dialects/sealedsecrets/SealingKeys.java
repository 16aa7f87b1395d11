package dev.signet.dialects.sealedsecrets;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.core.sealing.KeyOrder;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.MalformedKeyException;
import dev.signet.core.sealing.SealingKey;
import dev.signet.delivery.Event;
import dev.signet.delivery.Evidence;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where sealing keys are kept: as upstream's controller keeps them, in Secrets of type {@code
 * kubernetes.io/tls} with the label {@code sealedsecrets.bitnami.com/sealed-secrets-key: active},
 * so that backups go both ways.
 */
public final class SealingKeys implements KeySource {

  public static final String LABEL = "sealedsecrets.bitnami.com/sealed-secrets-key";
  public static final String ACTIVE = "active";

  /** Where kubeseal looks for the controller unless told otherwise. */
  public static final String NAMESPACE = "kube-system";

  private static final String PREFIX = "sealed-secrets-key";
  private static final String SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
  private static final Duration VALIDITY = Duration.ofDays(3650);

  private final Objects objects;
  private final Evidence evidence;
  private final Clock clock;
  private final SecureRandom random;
  private final String namespace;
  private final int bits;
  private List<String> lastVersions = List.of();
  private KeyRing lastRing = KeyRing.empty();

  public SealingKeys(Objects objects, Evidence evidence, Clock clock, SecureRandom random) {
    this(objects, evidence, clock, random, NAMESPACE, SealingKey.DEFAULT_BITS);
  }

  /**
   * With the keys of another namespace, or of another size.
   *
   * @param bits the size of keys that {@link #create} makes
   */
  public SealingKeys(
      Objects objects,
      Evidence evidence,
      Clock clock,
      SecureRandom random,
      String namespace,
      int bits) {
    this.namespace = namespace;
    this.bits = bits;
    this.objects = objects;
    this.evidence = evidence;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Every active key. A Secret that carries the label and holds no key is passed over, with an
   * event. The ring is read anew only when one of the Secrets changed, so that what it remembers of
   * ciphertexts lasts.
   */
  @Override
  public synchronized KeyRing ring() throws ObjectsException {
    if (versions(objects.secretMetadata(namespace, LABEL, ACTIVE)).equals(lastVersions)) {
      return lastRing;
    }
    List<Secret> secrets = objects.secrets(namespace, LABEL, ACTIVE);
    try {
      lastRing = read(secrets);
      lastVersions = versions(secrets.stream().map(Secret::metadata).toList());
      return lastRing;
    } finally {
      secrets.forEach(Secret::close);
    }
  }

  private static List<String> versions(List<Metadata> secrets) {
    return secrets.stream().map(each -> each.name() + "@" + each.resourceVersion()).toList();
  }

  @Override
  public boolean holds(Ref ref) throws ObjectsException {
    return ref.kind().equals(GroupKind.SECRET)
        && ref.namespace().equals(namespace)
        && objects.secretMetadata(namespace, LABEL, ACTIVE).stream()
            .anyMatch(each -> each.name().equals(ref.name()));
  }

  private KeyRing read(List<Secret> secrets) {
    List<SealingKey> keys = new ArrayList<>();
    for (Secret secret : secrets) {
      try {
        keys.add(read(secret));
      } catch (MalformedKeyException e) {
        evidence.event(Event.warning(secret.ref(), "KeyUnreadable", e.getMessage()));
      }
    }
    return KeyRing.of(keys, KeyOrder.CERTIFICATE_NOT_BEFORE);
  }

  /** The key that a key Secret holds. */
  public static SealingKey read(Secret secret) throws MalformedKeyException {
    Item certificate = part(secret, "tls.crt");
    Item key = part(secret, "tls.key");
    return SealingKey.read(
        secret.metadata().name(),
        created(secret),
        certificate.value().with(byte[]::clone),
        key.value().with(byte[]::clone));
  }

  private static Item part(Secret secret, String name) throws MalformedKeyException {
    return secret
        .data()
        .get(name)
        .orElseThrow(() -> new MalformedKeyException("secret must contain a '" + name + "' key"));
  }

  private static Instant created(Secret secret) {
    try {
      return secret.metadata().tree().get("creationTimestamp") instanceof String text
          ? Instant.parse(text)
          : Instant.EPOCH;
    } catch (DateTimeException e) {
      return Instant.EPOCH;
    }
  }

  /** Makes a key that is valid for ten years, stores it and returns it. */
  public SealingKey create() throws ObjectsException {
    SealingKey key =
        SealingKey.generate(name(), bits, VALIDITY, /* commonName= */ "", clock, random);
    Material data = new Material();
    data.put("tls.crt", item(SecretBytes.wrap(key.certificate().toPem())));
    Optional<SecretBytes> pem = key.openingKey().toPem();
    data.put("tls.key", item(pem.orElseThrow()));
    try (Secret secret =
        new Secret(
            Metadata.named(namespace, key.name()).with("labels", Map.of(LABEL, ACTIVE)),
            "kubernetes.io/tls",
            Optional.empty(),
            data)) {
      objects.create(secret);
      evidence.event(
          Event.normal(secret.ref(), "KeyMade", "made a sealing key of " + bits + " bits"));
    }
    return key;
  }

  private static Item item(SecretBytes value) {
    return new Item(value, Origin.of("made here", "sealing key"));
  }

  /** A name as an API server makes it of {@code generateName}. */
  private String name() {
    StringBuilder name = new StringBuilder(PREFIX);
    for (int i = 0; i < 5; i++) {
      name.append(SUFFIX_LETTERS.charAt(random.nextInt(SUFFIX_LETTERS.length())));
    }
    return name.toString();
  }
}
