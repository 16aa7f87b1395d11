package dev.signet.dialects.sealedsecrets.escrow;

import dev.signet.core.age.AgeException;
import dev.signet.core.age.AgeFile;
import dev.signet.core.age.Identity;
import dev.signet.core.age.Recipient;
import dev.signet.core.sealing.MalformedKeyException;
import dev.signet.core.sealing.SealingKey;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.dialects.sealedsecrets.Fingerprints;
import dev.signet.dialects.sealedsecrets.SealingKeys;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Sees to it that every active key has a verified copy in every target.
 *
 * <p>A copy is verified when it was read back and is, byte for byte, what was written, is an age
 * file for as many recipients as there are, and, where an identity is at hand, opens and holds the
 * key. Then the key Secret gets the annotation {@code escrow.signet.dev/<target>}, with the hash of
 * the encrypted copy and a hash of the recipients. From then on a copy is good while it reads back
 * with that hash for those recipients; otherwise it is made again. Where key Secrets may not be
 * changed this is known until the process ends, and the next one makes its copies anew. Only public
 * keys are needed.
 */
public final class Escrow {

  /** How the annotations of key Secrets begin that tell of copies. */
  public static final String MARK = "escrow.signet.dev/";

  private static final int SHORT = 16;

  /**
   * Whether a key has its copies.
   *
   * @param copied whether one was made just now
   * @param problem what keeps it from having all of them
   */
  public record Status(Ref secret, boolean copied, Optional<String> problem) {}

  private final Objects objects;
  private final String namespace;
  private final List<EscrowTarget> targets;
  private final List<Recipient> recipients;
  private final List<Identity> identities;
  private final SecureRandom random;
  private final Map<String, Map<String, String>> remembered = new ConcurrentHashMap<>();

  /**
   * @param namespace where the key Secrets are
   * @param identities to open copies with for comparison; may be empty
   */
  public Escrow(
      Objects objects,
      String namespace,
      List<EscrowTarget> targets,
      List<Recipient> recipients,
      List<Identity> identities,
      SecureRandom random) {
    if (targets.isEmpty() || recipients.isEmpty()) {
      throw new IllegalArgumentException("escrow needs a target and a recipient");
    }
    this.objects = objects;
    this.namespace = namespace;
    this.targets = List.copyOf(targets);
    this.recipients = List.copyOf(recipients);
    this.identities = List.copyOf(identities);
    this.random = random;
  }

  /** Makes what is missing and looks at what is there. */
  public List<Status> run() throws ObjectsException {
    List<Status> statuses = new ArrayList<>();
    for (Secret secret : objects.secrets(namespace, SealingKeys.LABEL, SealingKeys.ACTIVE)) {
      try (secret) {
        Optional<SealingKey> key = read(secret);
        if (key.isPresent()) {
          try (SealingKey held = key.get()) {
            statuses.add(one(secret, held));
          }
        }
      }
    }
    return statuses;
  }

  /** Nothing where there is no key that could be lost; that it is unreadable is told elsewhere. */
  private static Optional<SealingKey> read(Secret secret) {
    try {
      return Optional.of(SealingKeys.read(secret));
    } catch (MalformedKeyException e) {
      return Optional.empty();
    }
  }

  private Status one(Secret secret, SealingKey key) throws ObjectsException {
    Map<String, String> before = new LinkedHashMap<>(secret.metadata().annotations());
    before.putAll(remembered.getOrDefault(secret.metadata().uid(), Map.of()));
    Map<String, String> marks = new LinkedHashMap<>(before);
    List<String> problems = new ArrayList<>();
    for (EscrowTarget target : targets) {
      String name = EscrowFile.name(key);
      try {
        Optional<byte[]> there = target.load(name);
        String mark = marks.getOrDefault(MARK + target.id(), "");
        if (there.isEmpty() || !mark(there.get()).equals(mark)) {
          marks.put(MARK + target.id(), mark(copy(secret, name, target)));
        }
      } catch (EscrowException e) {
        problems.add(target.id() + ": " + e.getMessage());
      }
    }
    boolean copied = !marks.equals(before);
    if (copied) {
      remember(secret, marks);
    }
    return new Status(
        secret.ref(),
        copied,
        problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems)));
  }

  /** On the key Secret; where that may not be changed, as long as this lives. */
  private void remember(Secret secret, Map<String, String> marks) throws ObjectsException {
    try {
      objects.update(secret.withMetadata(secret.metadata().with("annotations", marks)));
      remembered.remove(secret.metadata().uid());
    } catch (ObjectsException e) {
      if (!(e.problem() instanceof Problem.Denied)) {
        throw e;
      }
      remembered.put(secret.metadata().uid(), marks);
    }
  }

  /** Which copy it is, and for whom. */
  private String mark(byte[] file) {
    String readers =
        recipients.stream().map(Recipient::toString).sorted().collect(Collectors.joining("\n"));
    return "sha256:"
        + Fingerprints.sha256(file)
        + ",recipients:"
        + Fingerprints.sha256(readers.getBytes(StandardCharsets.UTF_8)).substring(0, SHORT);
  }

  private byte[] copy(Secret secret, String name, EscrowTarget target) throws EscrowException {
    byte[] file = EscrowFile.seal(secret, recipients, random);
    target.store(name, file);
    byte[] read =
        target
            .load(name)
            .orElseThrow(() -> new EscrowException(name + " was written and is not there"));
    if (!Arrays.equals(read, file)) {
      throw new EscrowException(name + " reads back other than it was written");
    }
    try {
      if (AgeFile.recipientTypes(read).size() != recipients.size()) {
        throw new EscrowException(name + " is for another number of recipients");
      }
    } catch (AgeException e) {
      throw new EscrowException(name + " reads back as no age file: " + e.getMessage());
    }
    if (!identities.isEmpty()) {
      try (Secret opened = EscrowFile.open(read, identities)) {
        if (!opened.data().sameValuesAs(secret.data())) {
          throw new EscrowException(name + " opens and holds another key");
        }
      }
    }
    return read;
  }
}
