package dev.signet.dialects.sealedsecrets.escrow;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Apply;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Secret;
import java.util.Map;
import java.util.Optional;

/**
 * Secrets of a namespace, one a key. What is in them is encrypted, so they may go where backups of
 * a namespace go; alone they do not outlive the cluster.
 */
public record SecretTarget(Objects objects, String namespace) implements EscrowTarget {

  public static final String LABEL = "signet.dev/escrow";
  public static final String VALUE = "sealing-key";

  @Override
  public String id() {
    return "secret";
  }

  @Override
  public void store(String name, byte[] file) throws EscrowException {
    try {
      Apply.Applied applied =
          new Apply(objects)
              .secret(
                  namespace,
                  nameOf(name),
                  existing ->
                      existing.isPresent() && !isOurs(existing.get())
                          ? new Apply.Decision.Refuse("NotOurs", "a Secret of that name is there")
                          : new Apply.Decision.Write(wanted(existing, name, file)));
      if (applied instanceof Apply.Applied.Refused(String _, String message)) {
        throw new EscrowException(
            "cannot write Secret " + namespace + "/" + nameOf(name) + ": " + message);
      }
    } catch (ObjectsException e) {
      throw new EscrowException(String.valueOf(e.getMessage()));
    }
  }

  private static boolean isOurs(Secret secret) {
    return VALUE.equals(secret.metadata().labels().get(LABEL));
  }

  private Secret wanted(Optional<Secret> existing, String name, byte[] file) {
    Metadata metadata =
        existing
            .map(Secret::metadata)
            .orElseGet(
                () -> Metadata.named(namespace, nameOf(name)).with("labels", Map.of(LABEL, VALUE)));
    Material data = new Material();
    data.put(name, new Item(SecretBytes.copyOf(file), Origin.of("made here", "escrow")));
    return new Secret(metadata, "Opaque", Optional.empty(), data);
  }

  @Override
  public Optional<byte[]> load(String name) throws EscrowException {
    try {
      Optional<Secret> found = objects.secret(namespace, nameOf(name));
      if (found.isEmpty()) {
        return Optional.empty();
      }
      try (Secret secret = found.get()) {
        return secret.data().get(name).map(item -> item.value().with(byte[]::clone));
      }
    } catch (ObjectsException e) {
      throw new EscrowException(String.valueOf(e.getMessage()));
    }
  }

  private static String nameOf(String file) {
    return "escrow-" + file;
  }
}
