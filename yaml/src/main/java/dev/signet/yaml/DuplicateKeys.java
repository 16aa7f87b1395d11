package dev.signet.yaml;

/** What happens when a mapping has the same key twice. */
public enum DuplicateKeys {
  /** The later value wins, as when Kubernetes' Go code reads leniently (kubeseal, kubectl). */
  LAST_WINS,
  /**
   * The document is malformed, as in Go's strict reading. A key that a merge ({@code <<}) brings in
   * counts too.
   */
  REJECTED
}
