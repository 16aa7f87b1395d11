package dev.signet.cli.sops;

import dev.signet.core.SecretBytes;
import dev.signet.remote.Machine;
import dev.signet.remote.ServiceKeys;
import dev.signet.sops.AgeWrapping;
import dev.signet.sops.MasterKey;
import dev.signet.sops.OpenKeys;
import dev.signet.sops.PgpKeys;
import dev.signet.sops.PgpWrapping;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The master keys of this machine: age by itself, PGP with the key rings that stand in files, else
 * by the program gpg, all others by the services that have them.
 */
final class Keys implements OpenKeys {

  private final SopsWorld world;
  private final AgeKeySources sources;
  private final AgeWrapping age;

  Keys(SopsWorld world) {
    this.world = world;
    Terminal terminal = new Terminal(world);
    this.sources = new AgeKeySources(world, terminal);
    this.age = new AgeWrapping(sources, Optional.of(terminal), world.random());
  }

  @Override
  public MasterKey complete(MasterKey key) throws UnavailableException {
    return switch (key) {
      case MasterKey.Age _, MasterKey.Pgp _ -> key;
      default -> services().complete(key);
    };
  }

  @Override
  public String wrap(MasterKey key, SecretBytes part) throws UnavailableException {
    return switch (key) {
      case MasterKey.Age _ -> age.wrap(key, part);
      case MasterKey.Pgp pgp -> {
        Optional<String> own = rings().isEmpty() ? Optional.empty() : wrapped(pgp, part);
        if (own.isPresent()) {
          yield own.get();
        }
        String fingerprint = pgp.fingerprint();
        String last = fingerprint.substring(Math.max(0, fingerprint.length() - 16));
        List<String> command =
            List.of(
                gpg(),
                "--no-default-recipient",
                "--yes",
                "--encrypt",
                "-a",
                "-r",
                fingerprint,
                "--trusted-key",
                last,
                "--no-encrypt-to");
        byte[] out = part.with(bytes -> run(command, bytes, "encrypt"));
        yield new String(out, StandardCharsets.US_ASCII).strip();
      }
      default -> services().wrap(key, part);
    };
  }

  @Override
  public SecretBytes unwrap(MasterKey key) throws UnavailableException {
    return switch (key) {
      case MasterKey.Age _ -> age.unwrap(key);
      case MasterKey.Pgp pgp -> {
        Optional<SecretBytes> own = rings().isEmpty() ? Optional.empty() : unwrapped(pgp);
        if (own.isPresent()) {
          yield own.get();
        }
        byte[] message = pgp.enc().getBytes(StandardCharsets.UTF_8);
        byte[] out = run(List.of(gpg(), "-d"), message, "decrypt");
        if (out.length == 0) {
          throw new UnavailableException(
              "failed to decrypt sops data key with pgp: zero bytes returned");
        }
        yield SecretBytes.wrap(out);
      }
      default -> services().unwrap(key);
    };
  }

  private Optional<String> wrapped(MasterKey.Pgp key, SecretBytes part) {
    try {
      return Optional.of(pgp().wrap(key, part));
    } catch (UnavailableException e) {
      // gpg may have it.
      return Optional.empty();
    }
  }

  private Optional<SecretBytes> unwrapped(MasterKey.Pgp key) {
    try {
      return Optional.of(pgp().unwrap(key));
    } catch (UnavailableException e) {
      // gpg may have it.
      return Optional.empty();
    }
  }

  /** Files of GnuPG before 2.1, which later ones write when asked to export. */
  private List<Path> rings() {
    Optional<Path> home =
        world
            .variable("GNUPGHOME")
            .or(() -> world.variable("HOME").map(each -> each + "/.gnupg"))
            .map(world::path);
    return Stream.of("pubring.gpg", "secring.gpg")
        .flatMap(name -> home.map(folder -> folder.resolve(name)).stream())
        .filter(Files::isReadable)
        .toList();
  }

  private PgpWrapping pgp() throws UnavailableException {
    PgpKeys keys = new PgpKeys();
    for (Path ring : rings()) {
      try {
        keys.add(Files.readAllBytes(ring));
      } catch (IOException e) {
        throw new UnavailableException(ring + ": " + FileAccess.reason(e));
      }
    }
    return new PgpWrapping(keys, world.clock(), world.random());
  }

  private String gpg() {
    return world.variable("SOPS_GPG_EXEC").orElse("gpg");
  }

  private byte[] run(List<String> command, byte[] input, String what) throws UnavailableException {
    try {
      Processes.Result result = Processes.run(world, command, input);
      if (result.exit() == 0) {
        return result.out();
      }
      throw new UnavailableException(
          "failed to " + what + " sops data key with pgp: " + result.err());
    } catch (IOException e) {
      throw new UnavailableException(
          "failed to " + what + " sops data key with pgp: " + FileAccess.reason(e));
    }
  }

  /** Nothing of it is loaded before some file has such a key. */
  private OpenKeys services() {
    return new ServiceKeys(machine(world));
  }

  static Machine machine(SopsWorld world) {
    return new Machine(world.environment(), world.workingDirectory(), world.clock());
  }

  @Override
  public void close() {
    sources.close();
  }
}
