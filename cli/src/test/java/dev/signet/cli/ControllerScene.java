package dev.signet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.SecretBytes;
import dev.signet.core.sealing.RsaProviders;
import dev.signet.core.sealing.Scope;
import dev.signet.core.sealing.Sealer;
import dev.signet.core.sealing.SealingKey;
import dev.signet.dialects.CustomResourceDefinitions;
import dev.signet.dialects.sealedsecrets.SealingKeys;
import dev.signet.dialects.sealedsecrets.escrow.EscrowPlan;
import dev.signet.operator.Operator;
import dev.signet.operator.Settings;
import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.AuditLog;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.yaml.GoJson;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The controller as a service account with the rights that upstream's chart 2.19.3 grants, and no
 * more: a namespace of its own with its keys, another one to deliver to, its flags.
 */
final class ControllerScene implements AutoCloseable {

  static final Duration SOON = Duration.ofSeconds(30);
  static final SecureRandom RANDOM = new SecureRandom();

  private static final String ACCOUNT = "sealed-secrets-controller";

  /** With the same rights, for upstream's own controller: so the audit log tells the two apart. */
  private static final String UPSTREAM = "upstream";

  private static final String SEALED = "bitnami.com/v1alpha1";

  final ControlPlane plane;
  final Namespace home;
  final SealingKey key;

  /** How long a status of somebody else keeps ours from writing. */
  Duration quiet = Duration.ofSeconds(2);

  private final Path folder;
  private final List<Operator> running = new ArrayList<>();

  /** With a key that is there already, so that no test waits for one. */
  ControllerScene(ControlPlane plane, Namespace home, Path folder) throws IOException {
    this.plane = plane;
    this.home = home;
    this.folder = folder;
    this.key = newKey("sealed-secrets-keyfirst", Instant.now().minus(Duration.ofDays(1)));
    define();
    allow();
    addKey(key);
  }

  private Api api() {
    return plane.api();
  }

  private void define() throws IOException {
    for (Map<String, ?> definition : CustomResourceDefinitions.all()) {
      String json = GoJson.write(definition, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN);
      if (json.contains("\"bitnami.com\"")) {
        Api.Response made =
            api().post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", json);
        if (made.status() != 409) {
          made.orFail();
        }
      }
    }
    Eventually.holds(
        SOON,
        "SealedSecrets to be served",
        () -> api().get("/apis/" + SEALED + "/sealedsecrets").ok());
  }

  /** The roles of upstream's chart, by the names they would have here. */
  private void allow() throws IOException {
    String name = home.name();
    for (String account : List.of(ACCOUNT, UPSTREAM)) {
      api()
          .post(
              home.path("serviceaccounts"),
              "{\"apiVersion\": \"v1\", \"kind\": \"ServiceAccount\", \"metadata\": {\"name\": \""
                  + account
                  + "\"}}")
          .orFail();
    }
    String rbac = "/apis/rbac.authorization.k8s.io/v1";
    String subject =
        """
        "subjects": [{"kind": "ServiceAccount", "name": "%1$s", "namespace": "%3$s"},
                     {"kind": "ServiceAccount", "name": "%2$s", "namespace": "%3$s"}]
        """
            .formatted(ACCOUNT, UPSTREAM, name);
    api()
        .post(
            rbac + "/clusterroles",
            """
            {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
             "metadata": {"name": "unsealer-%s"}, "rules": [
              {"apiGroups": ["bitnami.com"], "resources": ["sealedsecrets"], "verbs": ["get", "list", "watch"]},
              {"apiGroups": ["bitnami.com"], "resources": ["sealedsecrets/status"], "verbs": ["update"]},
              {"apiGroups": [""], "resources": ["secrets"],
               "verbs": ["get", "list", "create", "update", "delete", "watch"]},
              {"apiGroups": [""], "resources": ["events"], "verbs": ["create", "patch"]},
              {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get"]}]}
            """
                .formatted(name))
        .orFail();
    api()
        .post(
            rbac + "/clusterrolebindings",
            """
            {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
             "metadata": {"name": "unsealer-%s"}, %s,
             "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "unsealer-%s"}}
            """
                .formatted(name, subject, name))
        .orFail();
    api()
        .post(
            rbac + "/namespaces/" + name + "/roles",
            """
            {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
             "metadata": {"name": "key-admin"}, "rules": [
              {"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["sealed-secrets-key"], "verbs": ["get"]},
              {"apiGroups": [""], "resources": ["secrets"], "verbs": ["create", "list"]}]}
            """)
        .orFail();
    api()
        .post(
            rbac + "/namespaces/" + name + "/rolebindings",
            """
            {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
             "metadata": {"name": "key-admin"}, %s,
             "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "key-admin"}}
            """
                .formatted(subject))
        .orFail();
  }

  /** Takes away all rights but those on keys in its own namespace: to list and to make them. */
  void allowOnlyKeys() throws IOException {
    api()
        .delete("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/unsealer-" + home.name())
        .orFail();
  }

  /** Starts it with these flags, at any free ports. */
  Operator start(String... flags) throws Exception {
    return start(Optional.empty(), flags);
  }

  /** With copies of its keys in escrow, too. */
  Operator start(Optional<EscrowPlan> escrow, String... flags) throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--listen-addr=127.0.0.1:0",
                "--listen-metrics-addr=127.0.0.1:0",
                "--key-size=2048"));
    all.addAll(List.of(flags));
    ServiceAccount account = account(ACCOUNT);
    Settings told =
        new ControllerSettings(
                ControllerArguments.parse(all.toArray(String[]::new), account.environment()),
                home.name())
            .settings("controller-" + Long.toHexString(RANDOM.nextLong()), "v0.0.0");
    Settings settings =
        told.withBeside(told.beside().withQuiet(quiet).withSettled(Duration.ofSeconds(1)));
    Operator operator =
        Operator.start(
            settings, escrow, account.connection(), RsaProviders.jdk(), Clock.systemUTC(), RANDOM);
    running.add(operator);
    return operator;
  }

  /** What a pod of that service account has. */
  private ServiceAccount account(String name) throws IOException {
    return ServiceAccount.mount(plane, home.name(), name, folder.resolve(name));
  }

  /** Starts upstream's own controller 0.40.0 with these flags, in this namespace alone. */
  UpstreamController upstream(String... flags) throws Exception {
    ServiceAccount account = account(UPSTREAM);
    return UpstreamController.start(folder, account.folder(), account.environment(), flags);
  }

  void stop(Operator operator) {
    try {
      assertThat(operator.stop(Operator.GRACE)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    running.remove(operator);
  }

  /** What it asked for. A request that is under way is not among them yet. */
  List<AuditLog.Entry> asked() throws IOException {
    String user = "system:serviceaccount:" + home.name() + ":" + ACCOUNT;
    return plane.audit().entries().stream().filter(each -> each.user().equals(user)).toList();
  }

  /** What of that would have changed something, anywhere. */
  List<AuditLog.Entry> writes() throws IOException {
    return asked().stream()
        .filter(each -> !List.of("get", "list", "watch").contains(each.verb()))
        .toList();
  }

  /** How often it asked that in its own namespace. */
  long asked(String verb, String resource) throws IOException {
    return asked().stream()
        .filter(each -> each.namespace().equals(home.name()))
        .filter(each -> each.verb().equals(verb) && each.resource().equals(resource))
        .count();
  }

  /**
   * Nothing was asked for that upstream's roles do not grant. In namespaces that other tests are
   * done with, which are being deleted, nothing can be created, whatever the role.
   */
  @Override
  public void close() throws IOException {
    for (Operator operator : List.copyOf(running)) {
      stop(operator);
    }
    assertThat(asked())
        .isNotEmpty()
        .filteredOn(each -> each.namespace().isEmpty() || each.namespace().equals(home.name()))
        .noneMatch(each -> each.status() == 403);
    api().delete(home.path(SEALED, "sealedsecrets"));
    api().delete("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/unsealer-" + home.name());
    api().delete("/apis/rbac.authorization.k8s.io/v1/clusterroles/unsealer-" + home.name());
  }

  static SealingKey newKey(String name, Instant since) {
    return SealingKey.generate(
        name, 2048, Duration.ofDays(1000), "", Clock.fixed(since, ZoneOffset.UTC), RANDOM);
  }

  void addKey(SealingKey added) throws IOException {
    addKey(added.name(), "active", added);
  }

  void addKey(String name, String label, SealingKey added) throws IOException {
    String pem = added.openingKey().toPem().orElseThrow().with(Base64.getEncoder()::encodeToString);
    String crt = Base64.getEncoder().encodeToString(added.certificate().toPem());
    postKey(name, label, crt, pem);
  }

  void postKey(String name, String label, String crt, String pem) throws IOException {
    api()
        .post(
            home.path("secrets"),
            """
            {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
             "metadata": {"name": "%s", "labels": {"%s": "%s"}},
             "data": {"tls.crt": "%s", "tls.key": "%s"}}
            """
                .formatted(name, SealingKeys.LABEL, label, crt, pem))
        .orFail();
  }

  List<Jsonl.Row> keys() throws IOException {
    return api()
        .get(home.path("secrets") + "?labelSelector=" + SealingKeys.LABEL + "%3Dactive")
        .orFail()
        .json()
        .rows("items");
  }

  /** Items sealed for that place. */
  static String items(
      SealingKey with, Scope scope, String namespace, String name, Map<String, String> values) {
    Sealer sealer = new Sealer(with.certificate().publicKey(), RANDOM);
    Map<String, String> sealed = new TreeMap<>();
    values.forEach(
        (item, value) -> {
          try (SecretBytes plain = SecretBytes.copyOf(value.getBytes(UTF_8))) {
            sealed.put(item, sealer.sealToBase64(plain, scope.label(namespace, name)));
          }
        });
    return GoJson.write(sealed, GoJson.Layout.COMPACT, GoJson.Keys.SORTED);
  }

  String items(String name, Map<String, String> values) {
    return items(key, Scope.STRICT, home.name(), name, values);
  }

  void applySealed(String name, String items) throws IOException {
    applySealed(home, name, "{}", "{}", items, "{\"metadata\": {\"labels\": {\"mine\": \"l\"}}}");
  }

  /** Creates or replaces a SealedSecret, again when its status was written in between. */
  void applySealed(
      Namespace namespace,
      String name,
      String annotations,
      String labels,
      String items,
      String template)
      throws IOException {
    Api.Response answer;
    do {
      Api.Response before = api().get(sealedPath(namespace, name));
      String version =
          before.ok()
              ? ", \"resourceVersion\": \""
                  + before.json().row("metadata").text("resourceVersion")
                  + "\""
              : "";
      String manifest =
          """
          {"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
           "metadata": {"name": "%s", "annotations": %s, "labels": %s%s},
           "spec": {"encryptedData": %s, "template": %s}}
          """
              .formatted(name, annotations, labels, version, items, template);
      answer =
          before.ok()
              ? api().put(sealedPath(namespace, name), manifest)
              : api().post(namespace.path(SEALED, "sealedsecrets"), manifest);
    } while (answer.status() == 409);
    answer.orFail();
  }

  /** A Secret that somebody else made. */
  void addSecret(String name, String metadata, Map<String, String> values) throws IOException {
    Map<String, String> data = new TreeMap<>();
    values.forEach(
        (item, value) -> data.put(item, Base64.getEncoder().encodeToString(value.getBytes(UTF_8))));
    api()
        .post(
            home.path("secrets"),
            """
            {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "%s"%s}, "data": %s}
            """
                .formatted(
                    name,
                    metadata.isEmpty() ? "" : ", " + metadata,
                    GoJson.write(data, GoJson.Layout.COMPACT, GoJson.Keys.SORTED)))
        .orFail();
  }

  /** The versions of all Secrets in the controller's namespace, keys included. */
  Map<String, String> versions() throws IOException {
    Map<String, String> versions = new TreeMap<>();
    for (Jsonl.Row each : api().get(home.path("secrets")).orFail().json().rows("items")) {
      versions.put(each.row("metadata").text("name"), each.row("metadata").text("resourceVersion"));
    }
    return versions;
  }

  /** Once ours has reported on it as it is now, with its Secret as it is now. */
  void awaitDelivered(String name) {
    Eventually.holds(
        SOON,
        "Delivered of " + name,
        () -> {
          String version = versions().getOrDefault(name, "none");
          return condition(home, name, "Delivered")
              .filter(each -> each.text("status").equals("True"))
              .flatMap(each -> each.optionalText("message"))
              .filter(each -> each.endsWith(" " + version))
              .isPresent();
        });
  }

  /** From now on the audit log has whatever was asked before. */
  void awaitAudit() throws IOException {
    String marker = "marker-" + Long.toHexString(RANDOM.nextLong());
    var _ = api().get(home.path("secrets/" + marker));
    Eventually.holds(
        SOON, "the audit log", () -> plane.audit().count(each -> each.name().equals(marker)) > 0);
  }

  static String sealedPath(Namespace namespace, String name) {
    return namespace.path(SEALED, "sealedsecrets/" + name);
  }

  Optional<Jsonl.Row> secret(Namespace namespace, String name) throws IOException {
    Api.Response answer = api().get(namespace.path("secrets/" + name));
    return answer.status() == 404 ? Optional.empty() : Optional.of(answer.orFail().json());
  }

  String values(Namespace namespace, String name) throws IOException {
    return secret(namespace, name).map(ControllerScene::values).orElse("none");
  }

  static String values(Jsonl.Row secret) {
    Map<String, String> values = new TreeMap<>();
    if (secret.has("data")) {
      secret
          .row("data")
          .fields()
          .keySet()
          .forEach(item -> values.put(item, new String(secret.row("data").base64(item), UTF_8)));
    }
    return values.toString();
  }

  void awaitValues(Namespace namespace, String name, String values) {
    Eventually.holds(
        SOON, "Secret " + name + " to be " + values, () -> values(namespace, name).equals(values));
  }

  void awaitValues(String name, String values) {
    awaitValues(home, name, values);
  }

  Optional<Jsonl.Row> condition(Namespace namespace, String name, String type) throws IOException {
    Jsonl.Row object = api().get(sealedPath(namespace, name)).orFail().json();
    return object.has("status") && object.row("status").has("conditions")
        ? object.row("status").rows("conditions").stream()
            .filter(each -> each.text("type").equals(type))
            .findFirst()
        : Optional.empty();
  }

  /** The message of Synced, once it has that status for the newest generation. */
  String awaitSynced(Namespace namespace, String name, String status) {
    return Eventually.find(
        SOON,
        "Synced=" + status + " of " + name,
        () -> {
          Jsonl.Row object = api().get(sealedPath(namespace, name)).orFail().json();
          return object.has("status")
                  && object.row("status").integer("observedGeneration")
                      == object.row("metadata").integer("generation")
              ? condition(namespace, name, "Synced")
                  .filter(each -> each.text("status").equals(status))
                  .map(each -> each.optionalText("message").orElse(""))
              : Optional.empty();
        });
  }

  void awaitEvent(Namespace namespace, String name, String reason, String message) {
    Eventually.holds(
        SOON,
        "event " + reason + " about " + name,
        () ->
            api().get(namespace.path("events")).orFail().json().rows("items").stream()
                .anyMatch(
                    each ->
                        each.row("involvedObject").text("name").equals(name)
                            && each.text("reason").equals(reason)
                            && each.row("source").text("component").equals("sealed-secrets")
                            && each.text("message").contains(message)));
  }

  static String http(InetSocketAddress address, String path) throws IOException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + path))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What shadow mode lists, as JSON. */
  static List<Jsonl.Row> differences(Operator shadow) throws IOException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + shadow.metrics().getPort() + "/shadow"))
                  .header("Accept", "application/json")
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
      return Jsonl.row(answer.body()).rows("differences");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  static double metric(Operator operator, String series) throws IOException {
    return http(operator.metrics(), "/metrics")
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  void awaitReady(Operator operator) {
    Eventually.holds(SOON, "/readyz", () -> http(operator.http(), "/readyz").equals("200 ok\n"));
  }
}
