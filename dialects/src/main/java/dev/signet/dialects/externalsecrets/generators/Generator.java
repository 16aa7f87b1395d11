package dev.signet.dialects.externalsecrets.generators;

import dev.signet.core.Material;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.StoreException;
import java.security.SecureRandom;
import java.time.InstantSource;

/** Makes values of one kind. */
public interface Generator {

  /** The kind of its resource. */
  String kind();

  /**
   * Makes the values anew. The caller owns the material, and refuses fields of the spec that were
   * not read.
   *
   * @param identity how origins name the generator
   */
  Material generate(String identity, Fields spec, Sources sources)
      throws MalformedObjectException, StoreException;

  /**
   * What generators draw on.
   *
   * @param references for those that are configured as a store is
   */
  record Sources(
      Secrets secrets, References references, InstantSource clock, SecureRandom random) {}

  /** Secrets of the namespace that the values are for, and of no other. */
  @FunctionalInterface
  interface Secrets {
    /** The caller closes it. */
    SecretBytes value(String name, String key) throws StoreException;
  }
}
