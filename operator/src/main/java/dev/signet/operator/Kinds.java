package dev.signet.operator;

import dev.signet.delivery.object.GroupKind;
import dev.signet.kube.Resource;
import dev.signet.operator.admission.Webhook;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The kinds of objects that the operator reads, and how the API server calls them. */
public final class Kinds {

  private static final String EXTERNAL = "external-secrets.io";

  public static final Resource SEALED_SECRETS =
      new Resource(
          new GroupKind("bitnami.com", "SealedSecret"), List.of("v1alpha1"), "sealedsecrets", true);
  public static final Resource EXTERNAL_SECRETS =
      external("ExternalSecret", "externalsecrets", true);
  public static final Resource SOPS_SECRETS =
      new Resource(
          new GroupKind("isindir.github.com", "SopsSecret"),
          List.of("v1alpha3"),
          "sopssecrets",
          true);
  public static final Resource SECRET_STORES = external("SecretStore", "secretstores", true);
  public static final Resource CLUSTER_SECRET_STORES =
      external("ClusterSecretStore", "clustersecretstores", false);

  static final Resource PUSH_SECRETS =
      new Resource(new GroupKind(EXTERNAL, "PushSecret"), List.of("v1alpha1"), "pushsecrets", true);

  /** Where the status says when it was refreshed last. */
  static final Map<GroupKind, String> REFRESHED =
      Map.of(EXTERNAL_SECRETS.kind(), "refreshTime", PUSH_SECRETS.kind(), "refreshTime");

  private static final Resource CLUSTER_EXTERNAL_SECRETS =
      external("ClusterExternalSecret", "clusterexternalsecrets", false);
  private static final Resource CLUSTER_PUSH_SECRETS =
      new Resource(
          new GroupKind(EXTERNAL, "ClusterPushSecret"),
          List.of("v1alpha1"),
          "clusterpushsecrets",
          false);
  private static final Resource NAMESPACES =
      new Resource(new GroupKind("", "Namespace"), List.of("v1"), "namespaces", false);

  /** Whose annotations say which role of a cloud they have. */
  private static final Resource SERVICE_ACCOUNTS =
      new Resource(
          new GroupKind("", "ServiceAccount"),
          List.of("v1"),
          "serviceaccounts",
          /* namespaced= */ true);

  private static final Resource WEBHOOKS =
      new Resource(
          Webhook.CONFIGURATION,
          List.of("v1"),
          "validatingwebhookconfigurations",
          /* namespaced= */ false);

  static final List<Resource> STORES = List.of(SECRET_STORES, CLUSTER_SECRET_STORES);

  /** What is made in many namespaces, and the namespaces. */
  static final List<Resource> FANNED_OUT =
      List.of(CLUSTER_EXTERNAL_SECRETS, CLUSTER_PUSH_SECRETS, NAMESPACES);

  /** What delivers Secrets, and from where; what commands list and wait for. */
  public static final List<Resource> ALL =
      List.of(SEALED_SECRETS, EXTERNAL_SECRETS, SECRET_STORES, CLUSTER_SECRET_STORES);

  /** What else has a status, where the cluster has the kind. */
  public static final List<Resource> FURTHER =
      List.of(CLUSTER_EXTERNAL_SECRETS, PUSH_SECRETS, CLUSTER_PUSH_SECRETS, SOPS_SECRETS);

  /** What has none: it is read when it is used. */
  public static final List<Resource> GENERATORS =
      List.of(
          generator("ClusterGenerator", "clustergenerators", false),
          generator("ECRAuthorizationToken", "ecrauthorizationtokens", true),
          generator("Fake", "fakes", true),
          generator("MFA", "mfas", true),
          generator("Password", "passwords", true),
          generator("SSHKey", "sshkeys", true),
          generator("STSSessionToken", "stssessiontokens", true),
          generator("UUID", "uuids", true),
          generator("VaultDynamicSecret", "vaultdynamicsecrets", true),
          generator("Webhook", "webhooks", true));

  /** What upstream's generators left outside the cluster. */
  static final Resource GENERATOR_STATES = generator("GeneratorState", "generatorstates", true);

  /** What upstream puts finalizers on that are not needed here. */
  public static final List<GroupKind> HELD_BACK =
      List.of(
          SECRET_STORES.kind(),
          CLUSTER_SECRET_STORES.kind(),
          CLUSTER_EXTERNAL_SECRETS.kind(),
          NAMESPACES.kind());

  /** What a look before taking over reads. */
  public static final List<Resource> TAKEN_OVER =
      List.of(
          EXTERNAL_SECRETS,
          SECRET_STORES,
          CLUSTER_SECRET_STORES,
          PUSH_SECRETS,
          CLUSTER_EXTERNAL_SECRETS,
          CLUSTER_PUSH_SECRETS,
          NAMESPACES);

  /** Whatever the operator reads but for Secrets. */
  static final List<Resource> READ =
      Stream.concat(
              Stream.of(
                  SEALED_SECRETS,
                  EXTERNAL_SECRETS,
                  SOPS_SECRETS,
                  SECRET_STORES,
                  CLUSTER_SECRET_STORES,
                  PUSH_SECRETS,
                  CLUSTER_EXTERNAL_SECRETS,
                  CLUSTER_PUSH_SECRETS,
                  NAMESPACES,
                  Resource.CONFIG_MAPS,
                  SERVICE_ACCOUNTS,
                  WEBHOOKS,
                  GENERATOR_STATES),
              GENERATORS.stream())
          .toList();

  /** What values and templates come from besides stores and Secrets. */
  static final List<Resource> SOURCES =
      Stream.concat(Stream.of(Resource.CONFIG_MAPS), GENERATORS.stream()).toList();

  private Kinds() {}

  /** The names of all kinds that can be left to others. */
  public static Set<String> kinds() {
    return Stream.of(ALL, FURTHER, GENERATORS, List.of(GENERATOR_STATES))
        .flatMap(List::stream)
        .map(each -> each.kind().kind())
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Resource generator(String kind, String plural, boolean namespaced) {
    return new Resource(
        new GroupKind("generators." + EXTERNAL, kind), List.of("v1alpha1"), plural, namespaced);
  }

  private static Resource external(String kind, String plural, boolean namespaced) {
    return new Resource(
        new GroupKind(EXTERNAL, kind), List.of("v1", "v1beta1"), plural, namespaced);
  }

  /** Upstream's name for whoever reports on objects of that kind. */
  static String eventSource(GroupKind kind) {
    return switch (kind.kind()) {
      case "SecretStore" -> "secret-store";
      case "ClusterSecretStore" -> "cluster-secret-store";
      case "PushSecret" -> "pushsecret";
      case "SopsSecret" -> "sops-secrets";
      default -> kind.group().endsWith(EXTERNAL) ? "external-secrets" : "sealed-secrets";
    };
  }
}
