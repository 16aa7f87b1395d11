package dev.signet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChartTest {

  private static final Path STATIC_MANIFEST = Path.of("signet.yaml");
  private static final String STATIC_HEAD =
      """
      # Signet for the whole cluster, for kubectl apply -f. Rendered from deploy/chart/signet with its default values.
      apiVersion: v1
      kind: Namespace
      metadata:
        name: signet-system
        labels:
          pod-security.kubernetes.io/enforce: restricted
      """;

  @Test
  void helmFindsNothingToComplainAbout() throws IOException {
    Ran lint = Chart.helm("lint", "--strict", "--kube-version=1.34.0", Chart.FOLDER.toString());

    assertThat(lint.status()).as(lint.out()).isZero();
    assertThat(lint.out()).doesNotContain("[WARNING]").doesNotContain("[ERROR]");
  }

  @Test
  void byDefaultItIsOneOperatorForTheWholeCluster() throws IOException {
    assertThat(Chart.render("apps"))
        .extracting(Chart.Rendered::toString)
        .containsExactlyInAnyOrder(
            "CustomResourceDefinition sealedsecrets.bitnami.com",
            "CustomResourceDefinition externalsecrets.external-secrets.io",
            "CustomResourceDefinition secretstores.external-secrets.io",
            "CustomResourceDefinition clustersecretstores.external-secrets.io",
            "CustomResourceDefinition clusterexternalsecrets.external-secrets.io",
            "CustomResourceDefinition clusterpushsecrets.external-secrets.io",
            "CustomResourceDefinition pushsecrets.external-secrets.io",
            "CustomResourceDefinition ecrauthorizationtokens.generators.external-secrets.io",
            "CustomResourceDefinition fakes.generators.external-secrets.io",
            "CustomResourceDefinition mfas.generators.external-secrets.io",
            "CustomResourceDefinition passwords.generators.external-secrets.io",
            "CustomResourceDefinition sshkeys.generators.external-secrets.io",
            "CustomResourceDefinition stssessiontokens.generators.external-secrets.io",
            "CustomResourceDefinition uuids.generators.external-secrets.io",
            "CustomResourceDefinition clustergenerators.generators.external-secrets.io",
            "CustomResourceDefinition generatorstates.generators.external-secrets.io",
            "CustomResourceDefinition vaultdynamicsecrets.generators.external-secrets.io",
            "CustomResourceDefinition webhooks.generators.external-secrets.io",
            "ServiceAccount apps/signet",
            "ClusterRole apps-signet",
            "ClusterRoleBinding apps-signet",
            "Role apps/signet-leader",
            "RoleBinding apps/signet-leader",
            "Service apps/signet",
            "Deployment apps/signet");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          crds.install=false            | CustomResourceDefinition | 0
          sopsSecrets.enabled=true      | CustomResourceDefinition | 19
          rbac.create=false             | ClusterRole              | 0
          rbac.create=false             | Role                     | 0
          rbac.create=false             | RoleBinding              | 0
          serviceAccount.create=false   | ServiceAccount           | 0
          leaderElection.enabled=false  | Role                     | 0
          podDisruptionBudget.enabled=true | PodDisruptionBudget   | 1
          serviceMonitor.enabled=true   | ServiceMonitor           | 1
          networkPolicy.enabled=true    | NetworkPolicy            | 1
          namespaces={a,b}              | Role                     | 4
          namespaces={a,b}              | ClusterRole              | 1
          namespaces={apps}             | Role                     | 2
          webhook.enabled=true                       | ValidatingWebhookConfiguration | 1
          webhook.enabled=true                       | Secret                         | 1
          webhook.enabled=true                       | Role                           | 1
          webhook.enabled=true,namespaces={apps}     | Role                           | 2
          webhook.enabled=true,namespaces={a,b}      | Role                           | 5
          escrow.recipients={age1a},escrow.secretNamespace=vault                  | Role | 1
          escrow.recipients={age1a},escrow.secretNamespace=vault,namespaces={a,b} | Role | 5
          escrow.recipients={age1a},escrow.secretNamespace=a,namespaces={a,b}     | Role | 4
          escrow.recipients={age1a},escrow.secretNamespace=apps,namespaces={a,b}  | Role | 4
          """)
  void aValueAddsOrRemovesObjects(String setting, String kind, int count) throws IOException {
    assertThat(Chart.render("apps", setting)).filteredOn(o -> o.kind().equals(kind)).hasSize(count);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          logFormat=text                        | --log-format=text
          logLevel=debug                        | --log-level=debug
          namespaces={a,b}                      | --namespaces=a,b
          labelSelector=team=x                  | --label-selector=team=x
          keyNamespace=keys                     | --key-namespace=keys
          crds.install=true                     | --key-namespace=apps
          workers=8                             | --workers=8
          leaderElection.leaseName=mine         | --lease-name=mine
          extraArgs={--debug}                   | --debug
          sopsSecrets.enabled=true              | --sops-secrets
          sopsSecrets.enabled=true,sopsSecrets.keys=own        | --sops-keys=own
          sopsSecrets.enabled=true,sopsSecrets.keysSecret=keys | --sops-keys-secret=keys
          sopsSecrets.enabled=true,sopsSecrets.requireMac=true | --sops-require-mac
          sopsSecrets.enabled=true,sopsSecrets.enforceOwnership=true | --sops-enforce-ownership
          genericTargets.enabled=true           | --unsafe-allow-generic-targets
          webhook.enabled=true                  | --webhook=:10250
          webhook.enabled=true,webhook.port=9443 | --webhook=:9443
          webhook.enabled=true                  | --webhook-service=apps/signet
          webhook.enabled=true                  | --webhook-secret=signet-webhook
          webhook.enabled=true                  | --webhook-configurations=apps-signet-validate
          escrow.recipients={age1a,age1b},escrow.secretNamespace=v      | --escrow-recipient=age1b
          escrow.recipients={age1a},escrow.secretNamespace=v            | --escrow-secret=v
          escrow.recipients={age1a},escrow.volume.hostPath.path=/e      | --escrow-folder=/escrow
          escrow.recipients={age1a},escrow.store=put {},escrow.load=get {} | --escrow-store=put {}
          escrow.recipients={age1a},escrow.store=put {},escrow.load=get {} | --escrow-load=get {}
          """)
  void aValueBecomesAnArgument(String setting, String argument) throws IOException {
    assertThat(container("apps", setting).texts("args")).contains(argument);
  }

  @Test
  void withoutLeaderElectionNoTwoPodsWorkAtOnce() throws IOException {
    Chart.Rendered deployment = deployment("apps", "leaderElection.enabled=false");

    assertThat(deployment.tree().row("spec").row("strategy").text("type")).isEqualTo("Recreate");
    assertThat(container("apps", "leaderElection.enabled=false").texts("args"))
        .contains("--leader-election=false")
        .noneMatch(argument -> argument.startsWith("--lease-name"));
    assertThat(Chart.template("apps", "leaderElection.enabled=false", "replicas=2").err())
        .contains("replicas > 1 needs leaderElection.enabled");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          image.tag=v7                       | localhost/signet:v7
          image.repository=other/place       | other/place:0.1.0
          image.digest=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef \
          | localhost/signet@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
          """)
  void theImageCanBeChosen(String setting, String image) throws IOException {
    assertThat(container("apps", setting).text("image")).isEqualTo(image);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          replica=2              | replica
          image.name=x           | name
          logFormat=xml          | logFormat
          namespaces=a           | namespaces
          replicas=many          | replicas
          image.digest=latest    | digest
          crds.instal=false      | instal
          escrow.recipients={me} | recipients
          webhook.failurePolicy=Never    | failurePolicy
          webhook.port=8080              | webhook.port: 8080
          genericTargets.enabled=maybe   | genericTargets/enabled
          genericTargets.resources[0].apiGroup=*                                        | apiGroup
          genericTargets.enabled=true,genericTargets.resources[0].apiGroup=x            | resources
          genericTargets.resources[0].apiGroup=,genericTargets.resources[0].resources={configmaps} | set both or none
          escrow.recipients={age1a} | need a place for the copies
          escrow.secretNamespace=v  | nobody could open the copies
          escrow.recipients={age1a},escrow.load=x | store and escrow.load need each other
          """)
  void aValueThatIsNotOneIsRefused(String setting, String named) throws IOException {
    Ran ran = Chart.template("apps", setting);

    assertThat(ran.status()).isNotZero();
    assertThat(ran.err()).contains(named);
  }

  @Test
  void theWebhookBlocksNothingAndIsAskedOnlyWhereItDelivers() throws IOException {
    Jsonl.Row everywhere = webhook("webhook.enabled=true");
    Jsonl.Row listed = webhook("webhook.enabled=true", "namespaces={a,b}");

    assertThat(everywhere.text("failurePolicy")).isEqualTo("Ignore");
    assertThat(everywhere.has("namespaceSelector")).isFalse();
    assertThat(resources(everywhere))
        .contains("externalsecrets", "clusterexternalsecrets", "clusterpushsecrets");
    assertThat(listed.row("namespaceSelector").rows("matchExpressions").getFirst().texts("values"))
        .containsExactly("a", "b");
    assertThat(resources(listed))
        .containsExactly("externalsecrets", "secretstores", "clustersecretstores", "pushsecrets");
    assertThat(webhook("webhook.enabled=true", "webhook.failurePolicy=Fail").text("failurePolicy"))
        .isEqualTo("Fail");
  }

  private static Jsonl.Row webhook(String... settings) throws IOException {
    return Chart.render("apps", settings).stream()
        .filter(each -> each.kind().equals("ValidatingWebhookConfiguration"))
        .findFirst()
        .orElseThrow()
        .tree()
        .rows("webhooks")
        .getFirst();
  }

  private static List<String> resources(Jsonl.Row webhook) {
    return webhook.rows("rules").stream()
        .flatMap(rule -> rule.texts("resources").stream())
        .toList();
  }

  @Test
  void genericTargetsMayBeWrittenWhereTheyAreListedAndNowhereElse() throws IOException {
    List<Jsonl.Row> rules =
        Chart.render(
                "apps",
                "genericTargets.enabled=true",
                "genericTargets.resources[0].apiGroup=argoproj.io",
                "genericTargets.resources[0].resources={applications}")
            .stream()
            .filter(each -> each.kind().equals("ClusterRole"))
            .flatMap(each -> each.tree().rows("rules").stream())
            .filter(rule -> rule.texts("apiGroups").contains("argoproj.io"))
            .toList();

    assertThat(rules).hasSize(1);
    assertThat(rules.getFirst().texts("resources")).containsExactly("applications");
    assertThat(rules.getFirst().texts("verbs"))
        .containsExactly("get", "list", "watch", "create", "update", "delete");
  }

  @Test
  void aVolumeForCopiesIsMountedAndWritable() throws IOException {
    String[] settings = {
      "escrow.recipients={age1a}", "escrow.volume.persistentVolumeClaim.claimName=copies"
    };
    Jsonl.Row pod = deployment("apps", settings).tree().row("spec").row("template").row("spec");

    assertThat(pod.rows("volumes").getFirst().row("persistentVolumeClaim").text("claimName"))
        .isEqualTo("copies");
    assertThat(container("apps", settings).rows("volumeMounts").getFirst().text("mountPath"))
        .isEqualTo("/escrow");
    assertThat(pod.row("securityContext").integer("fsGroup")).isEqualTo(65532);
    assertThat(
            deployment("apps")
                .tree()
                .row("spec")
                .row("template")
                .row("spec")
                .row("securityContext")
                .has("fsGroup"))
        .isFalse();
  }

  @Test
  void definitionsAreThoseOfTheProgramAndSurviveTheRelease() throws IOException {
    Path dialects = Path.of("..", "dialects/src/main/resources/dev/signet/dialects");
    for (Map.Entry<String, String> copy :
        Map.of(
                "crds-sealed-secrets.yaml", "sealedsecrets/crds.yaml",
                "crds-external-secrets.yaml", "externalsecrets/crds.yaml",
                "crds-sops-secrets.yaml", "sopssecrets/crds.yaml")
            .entrySet()) {
      assertThat(Chart.FOLDER.resolve("files").resolve(copy.getKey()))
          .as("a copy, as a chart holds only files of its own folder")
          .hasSameBinaryContentAs(dialects.resolve(copy.getValue()));
    }
    assertThat(Chart.render("apps"))
        .filteredOn(o -> o.kind().equals("CustomResourceDefinition"))
        .hasSize(18)
        .allSatisfy(
            o ->
                assertThat(
                        o.tree().row("metadata").row("annotations").text("helm.sh/resource-policy"))
                    .isEqualTo("keep"));
  }

  @Test
  void noRightIsAWildcardAndOnlyWhatIsMadeOrEndedHereIsDeleted() throws IOException {
    List<Jsonl.Row> rules = new ArrayList<>();
    Chart.render("apps", "rbac.finalizers=true", "namespaces={a}").stream()
        .filter(o -> o.kind().endsWith("Role"))
        .forEach(o -> rules.addAll(o.tree().rows("rules")));
    Chart.render("apps", "rbac.finalizers=true").stream()
        .filter(o -> o.kind().endsWith("Role"))
        .forEach(o -> rules.addAll(o.tree().rows("rules")));

    assertThat(rules).hasSizeGreaterThan(10);
    for (Jsonl.Row rule : rules) {
      for (String list : List.of("apiGroups", "resources", "verbs")) {
        assertThat(rule.texts(list)).isNotEmpty().doesNotContain("*");
      }
      if (rule.texts("verbs").contains("delete")) {
        assertThat(rule.texts("resources"))
            .isIn(
                List.of("secrets"),
                List.of("externalsecrets", "pushsecrets"),
                List.of("generatorstates"));
      }
      assertThat(rule.texts("verbs")).doesNotContain("escalate", "bind", "impersonate");
    }
  }

  /** With {@code -Dsignet.write=true} the manifest is written instead. */
  @Test
  void theStaticManifestIsWhatTheChartRenders() throws IOException {
    String rendered = STATIC_HEAD + Chart.template(Chart.NAMESPACE).orFail().out();
    if (Boolean.getBoolean("signet.write")) {
      Files.writeString(STATIC_MANIFEST, rendered);
    }

    assertThat(Files.readString(STATIC_MANIFEST))
        .as("deploy/signet.yaml is out of date: run this test with -Dsignet.write=true")
        .isEqualTo(rendered);
  }

  @Test
  void theChartHasTheVersionOfTheProgram() throws IOException {
    String version = System.getProperty("signet.version", "");

    assertThat(version).isNotEmpty();
    assertThat(Files.readAllLines(Chart.FOLDER.resolve("Chart.yaml")))
        .contains("version: " + version, "appVersion: " + version);
  }

  private static Chart.Rendered deployment(String namespace, String... settings)
      throws IOException {
    return Chart.render(namespace, settings).stream()
        .filter(o -> o.kind().equals("Deployment"))
        .findFirst()
        .orElseThrow();
  }

  private static Jsonl.Row container(String namespace, String... settings) throws IOException {
    return deployment(namespace, settings)
        .tree()
        .row("spec")
        .row("template")
        .row("spec")
        .rows("containers")
        .getFirst();
  }
}
