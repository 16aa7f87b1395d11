package dev.signet.cli.sops;

import dev.signet.core.SecretBytes;
import dev.signet.sops.MasterKey;
import dev.signet.sops.OpenKeys;

/** Keys that somebody else closes. */
record SharedKeys(OpenKeys keys) implements OpenKeys {

  @Override
  public MasterKey complete(MasterKey key) throws UnavailableException {
    return keys.complete(key);
  }

  @Override
  public String wrap(MasterKey key, SecretBytes part) throws UnavailableException {
    return keys.wrap(key, part);
  }

  @Override
  public SecretBytes unwrap(MasterKey key) throws UnavailableException {
    return keys.unwrap(key);
  }

  @Override
  public void close() {}
}
