package dev.signet.cli;

import dev.signet.delivery.Controller;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.directory.Manifest;
import dev.signet.delivery.directory.Manifests;
import dev.signet.delivery.directory.Pass;
import dev.signet.delivery.directory.PlainSecrets;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.FakeStore;
import dev.signet.delivery.store.FolderStore;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.delivery.traffic.StoreGates;
import dev.signet.dialects.externalsecrets.AccountTokens;
import dev.signet.dialects.externalsecrets.ExternalSecretController;
import dev.signet.dialects.externalsecrets.FanOutController;
import dev.signet.dialects.externalsecrets.Fetching;
import dev.signet.dialects.externalsecrets.Generating;
import dev.signet.dialects.externalsecrets.InstallationKey;
import dev.signet.dialects.externalsecrets.PushSecretController;
import dev.signet.dialects.externalsecrets.SecretStoreController;
import dev.signet.dialects.externalsecrets.Stores;
import dev.signet.dialects.externalsecrets.Templates;
import dev.signet.dialects.externalsecrets.generators.Generators;
import dev.signet.dialects.sealedsecrets.SealedSecretController;
import dev.signet.dialects.sealedsecrets.SealingKeys;
import dev.signet.dialects.sopssecrets.DecryptionKeys;
import dev.signet.dialects.sopssecrets.SopsSecretController;
import dev.signet.dialects.sopssecrets.SopsSecretRules;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * Wires the controllers of this version to a directory and runs them: where every dialect is named
 * once.
 */
final class Applying {

  /** Kinds that deliver secrets elsewhere, and that this version must not pass over in silence. */
  private static final Set<String> SECRET_GROUPS =
      Set.of(
          "bitnami.com",
          "external-secrets.io",
          "generators.external-secrets.io",
          "isindir.github.com",
          "secrets-store.csi.x-k8s.io",
          "secrets.hashicorp.com",
          "secretgenerator.mittwald.de",
          "secretgen.k14s.io");

  /** Longer than any run. */
  private static final Duration RUN = Duration.ofHours(1);

  private Applying() {}

  /**
   * Delivers everything.
   *
   * @param root what relative paths in manifests are relative to
   * @param sops what opens SopsSecrets
   */
  static Map<Ref, Outcome> run(
      Surroundings surroundings,
      Directory directory,
      Path root,
      DecryptionKeys sops,
      Pass.Progress progress) {
    return run(surroundings, directory, root, sops, progress, /* printing= */ false);
  }

  /** The same for who prints what comes out: nothing is pushed, and there may be any objects. */
  static Map<Ref, Outcome> print(
      Surroundings surroundings,
      Directory directory,
      Path root,
      DecryptionKeys sops,
      Pass.Progress progress) {
    return run(surroundings, directory, root, sops, progress, /* printing= */ true);
  }

  private static Map<Ref, Outcome> run(
      Surroundings surroundings,
      Directory directory,
      Path root,
      DecryptionKeys sops,
      Pass.Progress progress,
      boolean printing) {
    AwsStores aws = new AwsStores(surroundings.environment(), ApiCalls.UNCOUNTED);
    try (Vaults vaults = new Vaults(ApiCalls.UNCOUNTED, aws.callers())) {
      return run(surroundings, directory, root, sops, aws, vaults, progress, printing);
    }
  }

  private static Map<Ref, Outcome> run(
      Surroundings surroundings,
      Directory directory,
      Path root,
      DecryptionKeys sops,
      AwsStores aws,
      Vaults vaults,
      Pass.Progress progress,
      boolean printing) {
    SealingKeys keys = Projects.keys(surroundings, directory);
    InstallationKey installation =
        new InstallationKey(directory, SealingKeys.NAMESPACE, surroundings.random());
    Templates templates = new Templates(directory, installation, surroundings.templateSources());
    StoreProvider webhook =
        WebhookStore.provider(new Rendering(templates::functions, surroundings.templateSources()));
    // One run asks for a value once, in however many rounds and for however many objects.
    long began = System.nanoTime();
    StoreGates gates = new StoreGates(RUN, System::nanoTime);
    gates.wishes(_ -> OptionalLong.of(began));
    Stores stores =
        new Stores(
            directory,
            AccountTokens.NONE,
            List.of(
                aws.provider(),
                FakeStore.provider(),
                FolderStore.provider(root),
                KubernetesStore.provider(),
                vaults.provider(),
                vaults.openBao(),
                GoogleStore.provider(ApiCalls.UNCOUNTED),
                AzureStore.provider(ApiCalls.UNCOUNTED),
                InfisicalStore.provider(ApiCalls.UNCOUNTED),
                DopplerStore.provider(ApiCalls.UNCOUNTED),
                AkeylessStore.provider(ApiCalls.UNCOUNTED),
                webhook),
            gates);
    Generating generating =
        new Generating(
            directory,
            AccountTokens.NONE,
            Generators.with(
                WebhookStore.generator(webhook),
                vaults.generator(),
                aws.registryTokens(),
                aws.sessionTokens()),
            surroundings.clock(),
            surroundings.random());
    Fetching fetching = new Fetching(stores, generating, templates);
    List<Controller> controllers = new ArrayList<>();
    controllers.addAll(
        List.of(
            new PlainSecrets(directory, surroundings.clock()),
            new SealedSecretController(directory, directory, keys, surroundings.templateSources()),
            new SopsSecretController(
                directory,
                directory,
                sops,
                new SopsSecretRules(SopsSecretRules.Mac.COMPARED, /* enforceOwnership= */ false),
                surroundings.clock(),
                surroundings.random()),
            FanOutController.externalSecrets(directory, directory),
            SecretStoreController.clusterWide(directory, directory, stores, surroundings.clock()),
            SecretStoreController.namespaced(directory, directory, stores, surroundings.clock()),
            ExternalSecretController.whenAsked(
                directory,
                directory,
                fetching,
                surroundings.clock(),
                /* genericTargets= */ printing)));
    if (!printing) {
      controllers.add(FanOutController.pushSecrets(directory, directory));
      controllers.add(
          PushSecretController.whenAsked(directory, directory, fetching, surroundings.clock()));
    }
    int workers = Runtime.getRuntime().availableProcessors();
    Map<Ref, Outcome> outcomes =
        new TreeMap<>(new Pass(directory, controllers, workers).run(progress));
    gates.flights().forgetAll();
    if (!printing) {
      addUnsupported(directory.manifests(), generating, outcomes);
    }
    return outcomes;
  }

  private static void addUnsupported(
      Manifests manifests, Generating generating, Map<Ref, Outcome> outcomes) {
    for (Manifest manifest : manifests.all()) {
      Ref ref = manifest.object().ref();
      if (SECRET_GROUPS.contains(ref.kind().group())
          && !outcomes.containsKey(ref)
          && !generating.knows(ref.kind())) {
        outcomes.put(
            ref,
            new Outcome.Stalled(
                "Unsupported", "this version does not deliver " + ref.kind().kind() + " yet"));
      }
    }
  }
}
