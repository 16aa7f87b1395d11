package dev.signet.cli.sops;

import dev.signet.core.SecretBytes;
import dev.signet.sops.FluxKeys;
import dev.signet.sops.KeyWrapping.UnavailableException;
import dev.signet.sops.MasterKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Private keys of PGP that somebody gave: the program gpg imports them into a keyring of their own,
 * in memory where that can be, which is removed at once. Keys with a passphrase stay closed.
 */
final class GpgImport implements FluxKeys.Pgp {

  private final SopsWorld world;

  GpgImport(SopsWorld world) {
    this.world = world;
  }

  @Override
  public SecretBytes unwrap(List<SecretBytes> keys, MasterKey.Pgp key) throws UnavailableException {
    try (PrivateFolder home = PrivateFolder.create(world)) {
      try {
        for (SecretBytes each : keys) {
          var _ = each.with(bytes -> Processes.run(world, gpg(home.path(), "--import"), bytes));
        }
        byte[] message = key.enc().getBytes(StandardCharsets.UTF_8);
        Processes.Result result = Processes.run(world, gpg(home.path(), "-d"), message);
        if (result.exit() != 0 || result.out().length == 0) {
          throw new UnavailableException(
              "none of the keys of PGP that were given opens it: " + result.err());
        }
        return SecretBytes.wrap(result.out());
      } finally {
        List<String> end =
            List.of("gpgconf", "--homedir", home.path().toString(), "--kill", "gpg-agent");
        var _ = Processes.run(world, end, new byte[0]);
      }
    } catch (IOException e) {
      throw new UnavailableException(
          "keys of PGP need the program gpg, which cannot be started: " + FileAccess.reason(e));
    } catch (SopsFailure e) {
      throw new UnavailableException(String.valueOf(e.getMessage()));
    }
  }

  private List<String> gpg(Path home, String what) {
    List<String> command = new ArrayList<>();
    command.add(world.variable("SOPS_GPG_EXEC").orElse("gpg"));
    command.addAll(List.of("--homedir", home.toString(), "--batch", "--no-tty", "--quiet", what));
    return command;
  }
}
