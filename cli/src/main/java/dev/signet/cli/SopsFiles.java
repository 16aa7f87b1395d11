package dev.signet.cli;

import dev.signet.cli.sops.SopsManifests;
import dev.signet.delivery.directory.Manifests;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Opens what SOPS encrypted among manifests.
 *
 * @param checking whether the files of SopsSecrets are compared with their MAC
 */
record SopsFiles(SopsManifests sops, boolean checking) implements Manifests.Opener {

  @Override
  public byte[] open(Path file, byte[] content) throws Manifests.LockedException {
    try {
      return sops.decrypt(content, file);
    } catch (SopsManifests.ClosedException e) {
      throw new Manifests.LockedException(e.getMessage());
    }
  }

  @Override
  public void check(Path file, byte[] content) throws Manifests.LockedException {
    if (checking) {
      Arrays.fill(open(file, content), (byte) 0);
    }
  }

  @Override
  public Optional<byte[]> openValue(String key, byte[] value) throws Manifests.LockedException {
    try {
      return sops.decryptValue(key, value, /* unchecked= */ false);
    } catch (SopsManifests.ClosedException e) {
      throw new Manifests.LockedException("data." + key + ": " + e.getMessage());
    }
  }
}
