package dev.signet.dialects.externalsecrets;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Secret;
import dev.signet.dialects.externalsecrets.functions.ExternalSecretFunctions;
import dev.signet.template.Functions;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * A secret of this installation that never changes: salts that templates need are derived under it,
 * so that a template gives the same bytes for the same values in every run. It is made when the
 * first template needs functions, and kept in a Secret. If that is lost, salts change once.
 */
public final class InstallationKey {

  static final String NAME = "signet-installation-key";
  private static final String KEY = "key";
  private static final int BYTES = 32;

  private final Objects objects;
  private final String namespace;
  private final SecureRandom random;
  private Optional<Functions> functions = Optional.empty();

  /**
   * @param namespace where the Secret is
   */
  public InstallationKey(Objects objects, String namespace, SecureRandom random) {
    this.objects = objects;
    this.namespace = namespace;
    this.random = random;
  }

  /** The functions of templates. */
  synchronized Functions functions() throws ObjectsException {
    if (functions.isEmpty()) {
      Optional<SecretBytes> known = read();
      try (SecretBytes key = known.isPresent() ? known.get() : create()) {
        functions = Optional.of(ExternalSecretFunctions.functions(key));
      }
    }
    return functions.get();
  }

  private Optional<SecretBytes> read() throws ObjectsException {
    Optional<Secret> found = objects.secret(namespace, NAME);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (Secret secret = found.get()) {
      Item key =
          secret
              .data()
              .get(KEY)
              .filter(item -> item.value().size() == BYTES)
              .orElseThrow(
                  () ->
                      new ObjectsException(
                          new Problem.Malformed(),
                          secret.ref()
                              + " does not hold the "
                              + BYTES
                              + " bytes of an installation's key; delete it to have a new one"
                              + " made"));
      return Optional.of(key.value().copy());
    }
  }

  private SecretBytes create() throws ObjectsException {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    SecretBytes key = SecretBytes.wrap(bytes);
    Material data = new Material();
    data.put(KEY, new Item(key.copy(), Origin.of("made here", "")));
    try (Secret secret = new Secret(Metadata.named(namespace, NAME), "", Optional.of(true), data)) {
      objects.create(secret);
      return key;
    } catch (ObjectsException e) {
      key.close();
      if (e.problem() instanceof Problem.Conflict) {
        // Somebody was quicker, and theirs is the one that counts.
        return read().orElseThrow(() -> e);
      }
      throw e;
    }
  }
}
