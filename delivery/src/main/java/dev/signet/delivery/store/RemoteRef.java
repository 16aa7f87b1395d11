package dev.signet.delivery.store;

/**
 * Names a value in a store.
 *
 * @param property the part of the value that is wanted, empty for all of it
 * @param version empty for the current one
 * @param metadata whether what the store keeps about the value is wanted instead, where it keeps
 *     anything: tags or labels, as one JSON object
 */
public record RemoteRef(String key, String property, String version, boolean metadata) {

  public RemoteRef(String key, String property, String version) {
    this(key, property, version, false);
  }
}
