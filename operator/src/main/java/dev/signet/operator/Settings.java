package dev.signet.operator;

import dev.signet.dialects.sealedsecrets.DeliveryRules;
import dev.signet.kube.Leadership;
import dev.signet.kube.Rate;
import dev.signet.operator.admission.WebhookSettings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How the operator runs.
 *
 * @param area which objects are reconciled
 * @param dialects which resources, and how
 * @param election where the Lease is; without it this process leads from the start and never stops
 * @param identity the name of this process in the Lease and in events; no other has it
 * @param workers how many objects are reconciled at once
 * @param http where it answers
 * @param rate of requests to the API server
 * @param looks when objects are looked at again
 * @param version what this program calls itself
 * @param beside what is done beside another controller of SealedSecrets
 */
public record Settings(
    Area area,
    Dialects dialects,
    Optional<Election> election,
    String identity,
    int workers,
    Http http,
    Rate rate,
    Looks looks,
    String version,
    Beside beside) {

  /**
   * Which objects are reconciled.
   *
   * @param namespaces whose objects; empty for all
   * @param more further namespaces, which may not exist: that is found out, and said
   * @param labelSelector only resources with these labels, in kubectl's syntax; empty for all
   */
  public record Area(List<String> namespaces, List<String> more, String labelSelector) {

    public Area {
      namespaces = List.copyOf(namespaces);
      more = more.stream().distinct().toList();
      if (namespaces.isEmpty() && !more.isEmpty()) {
        throw new IllegalArgumentException("to all namespaces none can be added");
      }
    }
  }

  /**
   * Which resources are reconciled.
   *
   * @param externalSecrets whether ExternalSecrets and their stores are
   * @param without kinds that are neither watched nor reconciled
   * @param genericTargets whether ExternalSecrets may write into objects that are not Secrets
   * @param removals how many of their Secrets may go in which time
   * @param sopsSecrets how SopsSecrets are treated; empty to leave them alone
   * @param economy whether the time of a refresh that changed nothing is only remembered, which
   *     saves a write for each
   */
  public record Dialects(
      SealedSecretsSettings sealedSecrets,
      boolean externalSecrets,
      Set<String> without,
      boolean genericTargets,
      Removals.Limit removals,
      Optional<SopsSecretsSettings> sopsSecrets,
      boolean economy) {

    public Dialects {
      without = Set.copyOf(without);
    }

    /** Without SopsSecrets and economy. */
    public Dialects(
        SealedSecretsSettings sealedSecrets,
        boolean externalSecrets,
        Set<String> without,
        boolean genericTargets,
        Removals.Limit removals) {
      this(
          sealedSecrets,
          externalSecrets,
          without,
          genericTargets,
          removals,
          Optional.empty(),
          /* economy= */ false);
    }

    /** All kinds, into Secrets only, with the usual limit of removals. */
    public Dialects(SealedSecretsSettings sealedSecrets, boolean externalSecrets) {
      this(
          sealedSecrets,
          externalSecrets,
          Set.of(),
          /* genericTargets= */ false,
          Removals.Limit.DEFAULT);
    }

    Dialects withSealedSecrets(SealedSecretsSettings other) {
      return new Dialects(
          other, externalSecrets, without, genericTargets, removals, sopsSecrets, economy);
    }

    /** Into objects that are not Secrets, too. */
    Dialects withGenericTargets() {
      return new Dialects(
          sealedSecrets,
          externalSecrets,
          without,
          /* genericTargets= */ true,
          removals,
          sopsSecrets,
          economy);
    }

    public Dialects withSopsSecrets(Optional<SopsSecretsSettings> settings) {
      return new Dialects(
          sealedSecrets, externalSecrets, without, genericTargets, removals, settings, economy);
    }

    Dialects withEconomy() {
      return new Dialects(
          sealedSecrets,
          externalSecrets,
          without,
          genericTargets,
          removals,
          sopsSecrets,
          /* economy= */ true);
    }

    boolean has(String kind) {
      return !without.contains(kind);
    }
  }

  /**
   * Where it answers, over plain HTTP.
   *
   * @param address for health and kubeseal; port 0 for any that is free
   * @param metrics for metrics, when they have an address of their own
   * @param readTimeout how long a request may take to arrive
   * @param writeTimeout how long an answer may take to leave
   * @param required whether nothing is to run when an address cannot be bound
   * @param webhook where admission is answered, if it is
   */
  public record Http(
      InetSocketAddress address,
      Optional<InetSocketAddress> metrics,
      Duration readTimeout,
      Duration writeTimeout,
      boolean required,
      Optional<WebhookSettings> webhook) {

    /** Without a webhook. */
    public Http(
        InetSocketAddress address,
        Optional<InetSocketAddress> metrics,
        Duration readTimeout,
        Duration writeTimeout,
        boolean required) {
      this(address, metrics, readTimeout, writeTimeout, required, Optional.empty());
    }

    public Http withMetrics(Optional<InetSocketAddress> metrics) {
      return new Http(address, metrics, readTimeout, writeTimeout, required, webhook);
    }

    public Http withWebhook(Optional<WebhookSettings> webhook) {
      return new Http(address, metrics, readTimeout, writeTimeout, required, webhook);
    }

    /** All of it at one address. */
    public static Http at(InetSocketAddress address) {
      return new Http(
          address,
          Optional.empty(),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          /* required= */ true);
    }
  }

  /**
   * When an object is looked at again though nothing is known to have changed.
   *
   * @param whenDone after it was found as it should be; empty for never
   * @param whenStalled after it was found to be such that somebody has to change something
   * @param quickRetries how many failures that may pass are answered within milliseconds
   */
  public record Looks(Optional<Duration> whenDone, Duration whenStalled, int quickRetries) {

    public Looks {
      if (!whenStalled.isPositive() || !whenDone.orElse(whenStalled).isPositive()) {
        throw new IllegalArgumentException("a positive resync is needed");
      }
      if (quickRetries < 0) {
        throw new IllegalArgumentException("the number of retries must not be negative");
      }
    }

    public static Looks every(Duration resync) {
      return new Looks(Optional.of(resync), resync, 0);
    }
  }

  /**
   * The Lease by which one of several processes leads.
   *
   * @param terms how long things take
   */
  public record Election(String namespace, String lease, Leadership.Terms terms) {}

  public Settings {
    if (workers < 1) {
      throw new IllegalArgumentException("at least one worker is needed");
    }
  }

  /** Standing back from others. */
  public Settings(
      Area area,
      Dialects dialects,
      Optional<Election> election,
      String identity,
      int workers,
      Http http,
      Rate rate,
      Looks looks,
      String version) {
    this(area, dialects, election, identity, workers, http, rate, looks, version, Beside.DEFAULT);
  }

  public Settings withDialects(Dialects dialects) {
    return new Settings(
        area, dialects, election, identity, workers, http, rate, looks, version, beside);
  }

  /** Shadow mode takes no part in elections, for it writes nothing, Leases included. */
  public Settings withBeside(Beside beside) {
    return new Settings(
        area, dialects, election, identity, workers, http, rate, looks, version, beside);
  }

  public Settings withSealedSecrets(SealedSecretsSettings sealedSecrets) {
    return withDialects(dialects.withSealedSecrets(sealedSecrets));
  }

  /**
   * The same for a process that only compares: whatever happens to a Secret is looked at; nothing
   * is looked at again without a reason, since nothing remembers that it was opened.
   */
  Settings inShadow() {
    SealedSecretsSettings sealed = dialects.sealedSecrets();
    DeliveryRules rules = sealed.delivery();
    return new Settings(
        area,
        dialects
            .withSealedSecrets(
                sealed.withDelivery(
                    new DeliveryRules(
                        DeliveryRules.Restored.EDITED,
                        rules.acceptDeprecatedData(),
                        rules.writeStatus(),
                        /* deleteSecrets= */ false)))
            .withSopsSecrets(Optional.empty()),
        Optional.empty(),
        identity,
        workers,
        http,
        rate,
        new Looks(Optional.empty(), looks.whenStalled(), looks.quickRetries()),
        version,
        beside);
  }

  public Settings withElection(Election election) {
    return new Settings(
        area,
        dialects,
        Optional.of(election),
        identity,
        workers,
        http,
        rate,
        looks,
        version,
        beside);
  }
}
