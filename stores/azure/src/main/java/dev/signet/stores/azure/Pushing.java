package dev.signet.stores.azure;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.Turns;
import dev.signet.delivery.store.Writable;
import dev.signet.stores.https.JsonPart;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Pushes to a Key Vault and takes away again what was pushed, and nothing else.
 *
 * <ul>
 *   <li>What was pushed carries the tag {@code managed-by: external-secrets}. What is there without
 *       it is left.
 *   <li>A version is made only when the value, or what metadata say of it, is another. Tags of
 *       others stay.
 *   <li>What was deleted and can be recovered is recovered first, if it was pushed from here: its
 *       name is taken until then.
 *   <li>A secret is pushed whole: a property in it is refused, where upstream ignores it and
 *       replaces everything.
 * </ul>
 */
final class Pushing implements Writable {

  private static final String MANAGED_BY = "managed-by";
  private static final String MANAGER = "external-secrets";

  /** Vaults take some seconds to bring something back. */
  private static final int LOOKS = 15;

  private final KeyVault vault;
  private final Turns turns;
  private final String identity;
  private final Duration patience;

  Pushing(KeyVault vault, Turns turns, String identity, Duration patience) {
    this.vault = vault;
    this.turns = turns;
    this.identity = identity;
    this.patience = patience;
  }

  private Name name(Remote remote) throws StoreException {
    if (!remote.property().isEmpty()) {
      throw new StoreException(
          new Problem.Malformed(),
          "key "
              + remote.key()
              + " of "
              + identity
              + " is pushed whole: property "
              + remote.property()
              + " cannot be written alone");
    }
    return Name.of(remote.key(), identity);
  }

  private static boolean managed(Map<String, String> tags) {
    return MANAGER.equals(tags.get(MANAGED_BY));
  }

  private StoreException notManaged(Name name) {
    return new StoreException(
        new Problem.Denied(),
        name.name()
            + " is not managed by external-secrets: it was not pushed from here, so "
            + identity
            + " leaves it as it is");
  }

  @Override
  public void push(Remote remote, SecretBytes value, Map<String, @Nullable Object> metadata)
      throws StoreException {
    Name name = name(remote);
    PushMetadata wanted = PushMetadata.of(metadata);
    if (wanted.tags().containsKey(MANAGED_BY)) {
      throw new StoreException(
          new Problem.Malformed(),
          "error parsing tags in metadata: cannot specify a '" + MANAGED_BY + "' tag");
    }
    switch (name.kind()) {
      case SECRET -> {
        JsonPart.requireText(value, "the value for key " + remote.key() + " of " + identity);
        vault.requireSize(name, value);
        turns.of(
            vault.address() + remote.key(), () -> written(name, new Secret(name, value, wanted)));
      }
      case KEY -> {
        Map<String, Object> jwk = Jwk.of(value, name.name(), identity);
        turns.of(vault.address() + remote.key(), () -> written(name, new Key(name, jwk, wanted)));
      }
      case CERTIFICATE -> {
        try (SecretBytes leaf = SecretBytes.wrap(Leaf.of(value, name.name(), identity))) {
          turns.of(
              vault.address() + remote.key(),
              () -> written(name, new Certificate(name, value, leaf, wanted)));
        }
      }
    }
  }

  /** What is to be there. */
  private sealed interface Wanted {
    boolean sameAs(KeyVault.Entry there);

    void write(KeyVault vault, Optional<KeyVault.Entry> there, Map<String, String> tags)
        throws StoreException;

    PushMetadata metadata();
  }

  private record Secret(Name name, SecretBytes value, PushMetadata metadata) implements Wanted {
    @Override
    public boolean sameAs(KeyVault.Entry there) {
      return there.value().matches(value)
          && metadata.expires().map(it -> it.equals(there.times().get("exp"))).orElse(true)
          && (metadata.contentType().isEmpty()
              || metadata.contentType().equals(there.contentType()));
    }

    @Override
    public void write(KeyVault vault, Optional<KeyVault.Entry> there, Map<String, String> tags)
        throws StoreException {
      vault.set(
          name,
          value,
          tags,
          metadata.contentType().isEmpty()
              ? there.map(KeyVault.Entry::contentType).orElse("")
              : metadata.contentType(),
          metadata.expires());
    }
  }

  private record Key(Name name, Map<String, Object> jwk, PushMetadata metadata) implements Wanted {
    @Override
    public boolean sameAs(KeyVault.Entry there) {
      return Jwk.samePublic(jwk, there.value());
    }

    @Override
    public void write(KeyVault vault, Optional<KeyVault.Entry> there, Map<String, String> tags)
        throws StoreException {
      vault.importKey(name, jwk, tags);
    }
  }

  private record Certificate(Name name, SecretBytes value, SecretBytes leaf, PushMetadata metadata)
      implements Wanted {
    @Override
    public boolean sameAs(KeyVault.Entry there) {
      return there.value().matches(leaf);
    }

    @Override
    public void write(KeyVault vault, Optional<KeyVault.Entry> there, Map<String, String> tags)
        throws StoreException {
      vault.importCertificate(name, value, tags);
    }
  }

  private void written(Name name, Wanted wanted) throws StoreException {
    Optional<KeyVault.Entry> there = vault.entry(name, "");
    if (there.isEmpty() && recovering(name)) {
      there = recovered(name);
    }
    try {
      if (there.isPresent() && !managed(there.get().tags())) {
        throw notManaged(name);
      }
      Map<String, String> tags = new TreeMap<>(there.map(KeyVault.Entry::tags).orElse(Map.of()));
      tags.putAll(wanted.metadata().tags());
      tags.put(MANAGED_BY, MANAGER);
      if (there.isEmpty() || !wanted.sameAs(there.get()) || !tags.equals(there.get().tags())) {
        wanted.write(vault, there, tags);
      }
    } finally {
      there.ifPresent(KeyVault.Entry::close);
    }
  }

  private boolean recovering(Name name) throws StoreException {
    Optional<Map<String, String>> deleted;
    try {
      deleted = vault.deleted(name);
    } catch (StoreException e) {
      // Who may not look there may still be able to write: most names were never used before.
      if (e.problem() instanceof Problem.Denied) {
        return false;
      }
      throw e;
    }
    if (deleted.isEmpty()) {
      return false;
    }
    if (!managed(deleted.get())) {
      throw notManaged(name);
    }
    vault.recover(name);
    return true;
  }

  private Optional<KeyVault.Entry> recovered(Name name) throws StoreException {
    for (int look = 0; look < LOOKS; look++) {
      Optional<KeyVault.Entry> there = vault.entry(name, "");
      if (there.isPresent()) {
        return there;
      }
      pause();
    }
    throw new StoreException(
        new Problem.Unreachable(),
        name.name()
            + " was deleted and is being recovered by "
            + identity
            + "; that takes a while");
  }

  private void pause() throws StoreException {
    try {
      Thread.sleep(patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(
          new Problem.Unreachable(), identity + " was not waited for: interrupted");
    }
  }

  @Override
  public boolean exists(Remote remote) throws StoreException {
    Optional<KeyVault.Entry> there = vault.entry(name(remote), "");
    there.ifPresent(KeyVault.Entry::close);
    return there.isPresent();
  }

  @Override
  public void delete(Remote remote) throws StoreException {
    Name name = Name.of(remote.key(), identity);
    if (!remote.property().isEmpty()) {
      return;
    }
    turns.of(
        vault.address() + remote.key(),
        () -> {
          Optional<KeyVault.Entry> there = vault.entry(name, "");
          if (there.isEmpty()) {
            return;
          }
          try (KeyVault.Entry entry = there.get()) {
            if (!managed(entry.tags())) {
              throw notManaged(name);
            }
            vault.delete(name);
          }
        });
  }
}
