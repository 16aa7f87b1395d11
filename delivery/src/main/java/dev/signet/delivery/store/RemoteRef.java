package dev.signet.delivery.store;

/**
 * Names a value in a store.
 *
 * @param property the part of the value that is wanted, empty for all of it
 * @param version empty for the current one
 */
public record RemoteRef(String key, String property, String version) {}
