package dev.signet.operator;

import dev.signet.delivery.Controller;
import dev.signet.delivery.Objects;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.FakeStore;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.delivery.traffic.StoreGates;
import dev.signet.dialects.externalsecrets.AccountTokens;
import dev.signet.dialects.externalsecrets.ExternalSecretController;
import dev.signet.dialects.externalsecrets.FanOutController;
import dev.signet.dialects.externalsecrets.Fetching;
import dev.signet.dialects.externalsecrets.Generating;
import dev.signet.dialects.externalsecrets.GeneratorNotes;
import dev.signet.dialects.externalsecrets.GeneratorStateController;
import dev.signet.dialects.externalsecrets.InstallationKey;
import dev.signet.dialects.externalsecrets.NamespaceController;
import dev.signet.dialects.externalsecrets.PushSecretController;
import dev.signet.dialects.externalsecrets.SecretStoreController;
import dev.signet.dialects.externalsecrets.Stores;
import dev.signet.dialects.externalsecrets.Takeover;
import dev.signet.dialects.externalsecrets.Templates;
import dev.signet.dialects.externalsecrets.generators.Generators;
import dev.signet.dialects.sopssecrets.ClusterKeys;
import dev.signet.dialects.sopssecrets.SopsSecretController;
import dev.signet.kube.Cluster;
import dev.signet.operator.shadow.Shadow;
import dev.signet.operator.shadow.TakeoverController;
import dev.signet.stores.aws.AwsStores;
import dev.signet.stores.azure.AzureStore;
import dev.signet.stores.google.GoogleStore;
import dev.signet.stores.https.AkeylessStore;
import dev.signet.stores.https.DopplerStore;
import dev.signet.stores.https.InfisicalStore;
import dev.signet.stores.https.KubernetesStore;
import dev.signet.stores.https.Rendering;
import dev.signet.stores.https.WebhookStore;
import dev.signet.stores.vault.Vaults;
import dev.signet.template.Template;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The controllers of the dialects that stores or keys of others belong to, wired by hand. */
public final class Controllers implements AutoCloseable {

  private final Cluster cluster;
  private final Metrics metrics;
  private final Memory memory;
  private final Clock clock;
  private final SecureRandom random;
  private final AwsStores aws;
  private final Vaults vaults;

  Controllers(Cluster cluster, Metrics metrics, Memory memory, Clock clock, SecureRandom random) {
    this.cluster = cluster;
    this.metrics = metrics;
    this.memory = memory;
    this.clock = clock;
    this.random = random;
    this.aws = new AwsStores(System.getenv(), metrics::apiCall);
    this.vaults = new Vaults(metrics::apiCall, aws.callers());
  }

  /** Ends logins that nobody needs any more. */
  @Override
  public void close() {
    vaults.close();
  }

  List<Controller> externalSecrets(Settings settings, Objects objects, StoreGates gates) {
    String namespace = settings.dialects().sealedSecrets().keys().namespace();
    Template.Sources sources = new Template.Sources(clock, ZoneOffset.UTC, random);
    Templates templates =
        new Templates(objects, new InstallationKey(objects, namespace, random), sources);
    StoreProvider webhook =
        WebhookStore.provider(new Rendering(templates::functions, sources), metrics::apiCall);
    Stores stores =
        new Stores(
            objects,
            cluster.serviceAccountTokens()::token,
            providers(
                KubernetesStore.provider(metrics::apiCall),
                webhook,
                vaults,
                aws.provider(),
                metrics::apiCall),
            gates,
            settings.dialects().has(Kinds.CLUSTER_SECRET_STORES.kind().kind()));
    // What goes there delivered nothing: it counts for no limit of removals.
    Objects uncounted = new CountedObjects(cluster, metrics, () -> {});
    GeneratorNotes notes = new GeneratorNotes(uncounted, clock, random);
    metrics.credentials(notes::endings);
    Generating generating =
        new Generating(
            objects,
            cluster.serviceAccountTokens()::token,
            Generators.with(
                WebhookStore.generator(webhook),
                vaults.generator(),
                aws.registryTokens(),
                aws.sessionTokens()),
            Optional.of(notes),
            clock,
            random);
    Fetching fetching = new Fetching(stores, generating, templates);
    return List.of(
        FanOutController.externalSecrets(objects, memory),
        FanOutController.pushSecrets(objects, memory),
        new NamespaceController(objects),
        new GeneratorStateController(uncounted, memory, generating, clock),
        SecretStoreController.clusterWide(objects, memory, stores, clock),
        SecretStoreController.namespaced(objects, memory, stores, clock),
        ExternalSecretController.whenDue(
            objects, memory, fetching, clock, settings.dialects().genericTargets()),
        PushSecretController.whenDue(objects, memory, fetching, clock));
  }

  Controller sopsSecrets(SopsSecretsSettings sops, Settings settings) {
    Objects objects = new CountedObjects(cluster, metrics, () -> {});
    String namespace = settings.dialects().sealedSecrets().keys().namespace();
    return new SopsSecretController(
        objects,
        memory,
        new ClusterKeys(
            objects,
            sops.keys().map(name -> Ref.secret(namespace, name)),
            sops.reach(),
            sops.machine(),
            random),
        sops.rules(),
        clock,
        random);
  }

  /** In shadow mode no store is asked. */
  static List<Controller> compared(Shadow shadow, Objects objects, Clock clock) {
    Objects read = shadow.over(objects);
    Stores stores = new Stores(read, AccountTokens.NONE, unasked());
    Takeover takeover = new Takeover(read, stores, clock);
    return Takeover.kinds().stream()
        .map(kind -> shadow.over(new TakeoverController(kind, read, takeover)))
        .toList();
  }

  /** Of stores in a cluster. */
  private static List<StoreProvider> providers(
      StoreProvider kubernetes,
      StoreProvider webhook,
      Vaults vaults,
      StoreProvider aws,
      ApiCalls calls) {
    return List.of(
        aws,
        FakeStore.provider(),
        kubernetes,
        vaults.provider(),
        vaults.openBao(),
        GoogleStore.provider(calls),
        AzureStore.provider(calls),
        InfisicalStore.provider(calls),
        DopplerStore.provider(calls),
        AkeylessStore.provider(calls),
        webhook);
  }

  /** The same, to see what they would take; none of them can be asked for a value. */
  public static List<StoreProvider> unasked() {
    Rendering none =
        new Rendering(
            () -> {
              throw new IllegalStateException("a store was asked that was only to be looked at");
            },
            new Template.Sources(Clock.systemUTC(), ZoneOffset.UTC, new SecureRandom()));
    return providers(
        KubernetesStore.provider(),
        WebhookStore.provider(none),
        new Vaults(ApiCalls.UNCOUNTED),
        new AwsStores(Map.of(), ApiCalls.UNCOUNTED).provider(),
        ApiCalls.UNCOUNTED);
  }
}
