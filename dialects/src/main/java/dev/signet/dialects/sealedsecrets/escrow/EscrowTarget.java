package dev.signet.dialects.sealedsecrets.escrow;

import java.util.Optional;

/** Where encrypted copies of keys are put. */
public sealed interface EscrowTarget permits FolderTarget, SecretTarget, CommandTarget {

  /** One word; a key's annotations name by it where copies are. */
  String id();

  /** Puts a copy there, instead of one of the same name. */
  void store(String name, byte[] file) throws EscrowException;

  /** Reads it back; nothing when there is none of that name. */
  Optional<byte[]> load(String name) throws EscrowException;
}
