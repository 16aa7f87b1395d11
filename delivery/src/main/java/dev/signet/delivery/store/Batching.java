package dev.signet.delivery.store;

import dev.signet.core.Item;
import dev.signet.core.Material;
import java.util.Collection;
import java.util.List;

/** A store that can read several values with fewer calls than one for each. */
public interface Batching {

  /**
   * Which of these are best read together, without asking for anything. What is in no group is to
   * be fetched alone.
   */
  List<List<RemoteRef>> groups(Collection<RemoteRef> refs);

  /**
   * Reads the values of such a group, each under its place in it, such as {@code 0}. One that is
   * missing is to be fetched alone, which tells why. The caller owns the material.
   */
  Material fetch(List<RemoteRef> group) throws StoreException;

  /**
   * What {@link SecretStore#fetchMap} makes of a value that was fetched.
   *
   * @param value closed here
   */
  Material fields(RemoteRef ref, Item value) throws StoreException;
}
