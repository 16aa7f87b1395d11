package dev.signet.cli.sops;

import dev.signet.dialects.sopssecrets.DecryptionKeys;

/** The keys of this machine, for those who open what is not a file. */
public final class MachineKeys {

  private MachineKeys() {}

  /** Read anew each time, so that a file that was replaced counts at once. */
  public static DecryptionKeys.Machine of(SopsWorld world) {
    return () -> new Keys(world);
  }
}
