package dev.signet.operator;

import dev.signet.kube.Leadership;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How the operator runs.
 *
 * @param namespaces whose objects are reconciled; empty for all
 * @param labelSelector only resources with these labels, in kubectl's syntax; empty for all
 * @param keyNamespace where the sealing keys are
 * @param makeKey whether to make a sealing key when there is none
 * @param keyBits its size
 * @param election where the Lease is; without it this process leads from the start and never stops
 * @param identity the name of this process in the Lease and in events; no other has it
 * @param workers how many objects are reconciled at once
 * @param http where health and metrics are served; port 0 for any that is free
 * @param qps requests a second, as long as the API server does not share its time out by itself
 * @param burst how many of them may come at once
 * @param resync after which objects are looked at though nothing is known to have changed
 * @param version what this program calls itself
 * @param sealing what kubeseal may ask, and how often
 */
public record Settings(
    List<String> namespaces,
    String labelSelector,
    String keyNamespace,
    boolean makeKey,
    int keyBits,
    Optional<Election> election,
    String identity,
    int workers,
    InetSocketAddress http,
    int qps,
    int burst,
    Duration resync,
    String version,
    SealingEndpoints.Terms sealing) {

  /**
   * The Lease by which one of several processes leads.
   *
   * @param terms how long things take
   */
  public record Election(String namespace, String lease, Leadership.Terms terms) {}

  public Settings {
    namespaces = List.copyOf(namespaces);
    if (workers < 1 || keyBits < 2048 || !resync.isPositive()) {
      throw new IllegalArgumentException(
          "at least one worker, keys of 2048 bits and a positive resync are needed");
    }
  }
}
