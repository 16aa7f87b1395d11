package dev.signet.dialects.sealedsecrets;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.MalformedKeyException;
import dev.signet.core.sealing.RsaProviders;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where sealing keys are kept: as upstream's controller keeps them, in Secrets of type {@code
 * kubernetes.io/tls} with the label {@code sealedsecrets.bitnami.com/sealed-secrets-key: active},
 * so that backups go both ways.
 */
public final class SealingKeys implements KeySource {

  public static final String LABEL = "sealedsecrets.bitnami.com/sealed-secrets-key";
  public static final String ACTIVE = "active";

  /** The reason of the event about a Secret that should hold a key and does not. */
  public static final String UNREADABLE = "KeyUnreadable";

  /** Where kubeseal looks for the controller unless told otherwise. */
  public static final String NAMESPACE = "kube-system";

  private static final String SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

  private final Objects objects;
  private final Evidence evidence;
  private final Clock clock;
  private final SecureRandom random;
  private final KeyRules rules;
  private boolean found;
  private List<String> lastVersions = List.of();
  private KeyRing lastRing;
  private volatile Set<String> unreadable = Set.of();

  public SealingKeys(Objects objects, Evidence evidence, Clock clock, SecureRandom random) {
    this(objects, evidence, clock, random, KeyRules.DEFAULT);
  }

  public SealingKeys(
      Objects objects, Evidence evidence, Clock clock, SecureRandom random, KeyRules rules) {
    this(objects, evidence, clock, random, rules, RsaProviders.jdk());
  }

  /**
   * @param rsa whose opens
   */
  public SealingKeys(
      Objects objects,
      Evidence evidence,
      Clock clock,
      SecureRandom random,
      KeyRules rules,
      RsaProviders rsa) {
    this.lastRing = KeyRing.empty().using(rsa);
    this.rules = rules;
    this.objects = objects;
    this.evidence = evidence;
    this.clock = clock;
    this.random = random;
  }

  public KeyRules rules() {
    return rules;
  }

  /**
   * Every active key. A Secret that carries the label and holds no key is passed over, with an
   * event. The ring is read anew only when one of the Secrets changed; what it remembers of
   * ciphertexts lasts.
   */
  @Override
  public synchronized KeyRing ring() throws ObjectsException {
    if (found && (!rules.follow() || versions().equals(lastVersions))) {
      return lastRing;
    }
    // What changes while they are read is noticed the next time.
    List<String> versions = versions();
    List<Secret> secrets = new ArrayList<>();
    try {
      secrets.addAll(objects.secrets(rules.namespace(), LABEL, ACTIVE));
      if (secrets.stream().noneMatch(each -> each.metadata().name().equals(rules.prefix()))) {
        objects.secret(rules.namespace(), rules.prefix()).ifPresent(secrets::add);
      }
      lastRing = read(secrets);
      lastVersions = versions;
      found = true;
      return lastRing;
    } finally {
      secrets.forEach(Secret::close);
    }
  }

  /** The names of the Secrets that should have held a key and did not, when it was read last. */
  public Set<String> unreadable() {
    return unreadable;
  }

  /** The ring as it was read last, without any request. */
  public synchronized KeyRing lastRing() {
    return lastRing;
  }

  private List<String> versions() throws ObjectsException {
    List<String> versions = new ArrayList<>();
    for (Metadata each : objects.secretMetadata(rules.namespace(), LABEL, ACTIVE)) {
      versions.add(each.name() + "@" + each.resourceVersion());
    }
    objects
        .secretVersion(rules.namespace(), rules.prefix())
        .ifPresent(version -> versions.add("legacy@" + version));
    return versions;
  }

  @Override
  public boolean holds(Ref ref) throws ObjectsException {
    return ref.kind().equals(GroupKind.SECRET)
        && ref.namespace().equals(rules.namespace())
        && (ref.name().equals(rules.prefix())
            || objects.secretMetadata(rules.namespace(), LABEL, ACTIVE).stream()
                .anyMatch(each -> each.name().equals(ref.name())));
  }

  private KeyRing read(List<Secret> secrets) {
    List<SealingKey> keys = new ArrayList<>();
    Set<String> none = new TreeSet<>();
    for (Secret secret : secrets) {
      try {
        keys.add(read(secret));
      } catch (MalformedKeyException e) {
        none.add(secret.metadata().name());
        evidence.event(Event.warning(secret.ref(), UNREADABLE, e.getMessage()));
      }
    }
    unreadable = none;
    return lastRing.replacedBy(keys, rules.order());
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

  /** Makes a key, stores it and returns it. */
  public SealingKey create() throws ObjectsException {
    SealingKey key =
        SealingKey.generate(
            name(), rules.bits(), rules.validity(), rules.commonName(), clock, random);
    Material data = new Material();
    data.put("tls.crt", item(SecretBytes.wrap(key.certificate().toPem())));
    Optional<SecretBytes> pem = key.openingKey().toPem();
    data.put("tls.key", item(pem.orElseThrow()));
    try (Secret secret =
        new Secret(
            Metadata.named(rules.namespace(), key.name())
                .with("generateName", rules.prefix())
                .with("labels", rules.allLabels())
                .with("annotations", rules.annotations()),
            "kubernetes.io/tls",
            Optional.empty(),
            data)) {
      objects.create(secret);
      evidence.event(
          Event.normal(secret.ref(), "KeyMade", "made a sealing key of " + rules.bits() + " bits"));
    }
    synchronized (this) {
      found = false;
    }
    return key;
  }

  private static Item item(SecretBytes value) {
    return new Item(value, Origin.of("made here", "sealing key"));
  }

  /** A name as an API server makes it of {@code generateName}. */
  private String name() {
    StringBuilder name = new StringBuilder(rules.prefix());
    for (int i = 0; i < 5; i++) {
      name.append(SUFFIX_LETTERS.charAt(random.nextInt(SUFFIX_LETTERS.length())));
    }
    return name.toString();
  }
}
