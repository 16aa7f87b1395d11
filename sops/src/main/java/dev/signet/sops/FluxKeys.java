package dev.signet.sops;

import dev.signet.core.SecretBytes;
import dev.signet.core.age.AgeKeyException;
import dev.signet.core.age.Identity;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Keys in the layout that Flux has for them, a Secret or a folder:
 *
 * <pre>
 *   *.agekey   identities of age, one a line; comments and empty lines between them
 *   *.asc      private keys of PGP, armored, without a passphrase; several may follow each other. What the
 *              library makes of them cannot be zeroed
 * </pre>
 *
 * <p>What has another name is none of them: Flux keeps tokens and credentials of key services there
 * too. An entry that cannot be read does not keep the others from being used; it is named when
 * nothing opens.
 */
public final class FluxKeys implements OpenKeys {

  private static final String AGE = ".agekey";
  private static final String PGP = ".asc";

  private final String place;
  private final List<Identity> identities = new ArrayList<>();
  private final PgpKeys pgp = new PgpKeys();
  private final List<String> problems = new ArrayList<>();
  private final AgeWrapping age;
  private final PgpWrapping openPgp;

  private FluxKeys(String place, SecureRandom random) {
    this.place = place;
    this.openPgp = new PgpWrapping(pgp, InstantSource.system(), random);
    this.age =
        new AgeWrapping(
            _ -> new AgeWrapping.Identities(identities, List.of(place), problems),
            Optional.empty(),
            random);
  }

  /** Whether an entry of that name holds a key. */
  public static boolean isOne(String name) {
    return name.endsWith(AGE) || name.endsWith(PGP);
  }

  /**
   * Reads what is a key of them.
   *
   * @param place what messages call it
   * @param entries by name; the caller still owns them
   */
  public static FluxKeys read(String place, Map<String, SecretBytes> entries, SecureRandom random) {
    FluxKeys keys = new FluxKeys(place, random);
    new TreeMap<>(entries)
        .forEach(
            (name, content) -> {
              if (name.endsWith(AGE)) {
                keys.addAge(name, content);
              } else if (name.endsWith(PGP)) {
                keys.addPgp(name, content);
              }
            });
    return keys;
  }

  private void addAge(String name, SecretBytes content) {
    try {
      identities.addAll(Identity.parseFile(content));
    } catch (AgeKeyException e) {
      problems.add(name + " in " + place + ": " + e.getMessage());
    }
  }

  private void addPgp(String name, SecretBytes content) {
    try {
      content.with(
          ring -> {
            pgp.add(ring);
            return ring.length;
          });
    } catch (IOException e) {
      problems.add(name + " in " + place + ": " + e.getMessage());
    }
  }

  /** Whether there is no key at all in it. */
  public boolean isEmpty() {
    return identities.isEmpty() && pgp.isEmpty();
  }

  @Override
  public String wrap(MasterKey key, SecretBytes part) throws UnavailableException {
    if (key instanceof MasterKey.Age) {
      return age.wrap(key, part);
    }
    throw new UnavailableException("the keys in " + place + " are for opening only");
  }

  @Override
  public SecretBytes unwrap(MasterKey key) throws UnavailableException {
    return switch (key) {
      case MasterKey.Age _ -> age.unwrap(key);
      case MasterKey.Pgp own when !pgp.isEmpty() -> openPgp.unwrap(own);
      case MasterKey.Pgp _ ->
          throw new UnavailableException(
              problems.isEmpty()
                  ? "there is no key of PGP (*.asc) in " + place
                  : String.join("; ", problems));
      case MasterKey.Kms _,
          MasterKey.GcpKms _,
          MasterKey.HuaweiKms _,
          MasterKey.AzureKeyVault _,
          MasterKey.HcVault _ ->
          throw new UnavailableException(
              "keys of kind " + key.kind().text() + " are not supported yet");
    };
  }

  @Override
  public void close() {
    identities.forEach(Identity::close);
  }
}
