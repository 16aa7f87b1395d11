package dev.signet.stores.https;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.re2j.Pattern;
import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import dev.signet.delivery.store.Searchable;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.delivery.store.Writable;
import dev.signet.stores.contract.Given;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Identity;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kubernetes provider against a real API server, a namespace of which is what is read. */
@OnControlPlane
final class KubernetesStoreTest {

  private final List<String> calls = new ArrayList<>();
  private final StoreProvider provider =
      KubernetesStore.provider(
          (provider, call, succeeded) -> calls.add(provider + " " + call + " " + succeeded));
  private ControlPlane plane;
  private Api api;
  private Namespace namespace;

  @BeforeEach
  void secrets(ControlPlane plane, Api api, Namespace namespace) throws Exception {
    this.plane = plane;
    this.api = api;
    this.namespace = namespace;
    create(
        "db",
        "\"labels\": {\"team\": \"blue\", \"a.b/c\": \"dotted\"}, \"annotations\": {\"note\": \"n\"}",
        Map.of(
            "user", "app", "file.png", "\u0089PNG", "json", "{\"a\": {\"b\": \"<v>\"}, \"n\": 1}"));
    create("other", "\"labels\": {\"team\": \"red\"}", Map.of("k", "v"));
  }

  private void create(String name, String metadata, Map<String, String> data) throws Exception {
    StringBuilder values = new StringBuilder();
    data.forEach(
        (key, value) ->
            values
                .append(values.isEmpty() ? "" : ", ")
                .append('"')
                .append(key)
                .append("\": \"")
                .append(base64(value))
                .append('"'));
    api.post(
            namespace.path("secrets"),
            "{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"metadata\": {\"name\": \""
                + name
                + "\", "
                + metadata
                + "}, \"data\": {"
                + values
                + "}}")
        .orFail();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private String authority() {
    return base64(new Identity(plane.admin().key(), plane.authority()).certificatePem());
  }

  private String configuration(String auth) {
    return "{remoteNamespace: %s, server: {url: '%s', caBundle: %s}, auth: {%s}}"
        .formatted(namespace.name(), plane.url(), authority(), auth);
  }

  private static final String CERTIFICATE =
      "cert: {clientCert: {name: me, key: crt}, clientKey: {name: me, key: key}}";

  private Given admin() {
    return new Given()
        .secret("me", "crt", plane.admin().certificatePem())
        .secret("me", "key", plane.admin().keyPem());
  }

  private SecretStore open() throws Exception {
    return admin().open(provider, configuration(CERTIFICATE));
  }

  private String fetch(RemoteRef ref) throws Exception {
    try (SecretStore store = open()) {
      return Given.text(store.fetch(ref));
    }
  }

  @Test
  void aSecretIsOneObjectOfTextsAndAPropertyOneOfThem() throws Exception {
    assertThat(fetch(new RemoteRef("other", "", ""))).isEqualTo("{\"k\":\"v\"}");
    assertThat(fetch(new RemoteRef("db", "user", ""))).isEqualTo("app");
    assertThat(fetch(new RemoteRef("db", "file.png", ""))).isEqualTo("\u0089PNG");
    assertThat(fetch(new RemoteRef("db", "json.a.b", ""))).isEqualTo("<v>");
    assertThat(fetch(new RemoteRef("db", "labels.team", "", true))).isEqualTo("blue");
    assertThat(fetch(new RemoteRef("db", "labels.a.b/c", "", true))).isEqualTo("dotted");
    assertThat(fetch(new RemoteRef("db", "annotations", "", true))).isEqualTo("{\"note\":\"n\"}");
    assertThat(fetch(new RemoteRef("other", "", "", true)))
        .isEqualTo("{\"annotations\":{},\"labels\":{\"team\":\"red\"}}");
    try (SecretStore store = open()) {
      assertThat(Given.texts(store.fetchMap(new RemoteRef("db", "", ""))))
          .containsKeys("user", "json");
      assertThat(Given.texts(store.fetchMap(new RemoteRef("db", "json", ""))))
          .isEqualTo(Map.of("a", "{\"b\":\"<v>\"}", "n", "1"));
      Item item = store.fetch(new RemoteRef("db", "user", ""));
      assertThat(item.origin().version()).isNotEmpty();
      item.value().close();
    }
  }

  private Problem problem(RemoteRef ref) {
    return catchThrowableOfType(StoreException.class, () -> fetch(ref)).problem();
  }

  @Test
  void whatIsNotThereIsNotThere() throws Exception {
    assertThat(problem(new RemoteRef("missing", "", ""))).isInstanceOf(Problem.NotFound.class);
    assertThat(problem(new RemoteRef("db", "missing", ""))).isInstanceOf(Problem.Unreachable.class);
    assertThat(problem(new RemoteRef("db", "json.x", ""))).isInstanceOf(Problem.Unreachable.class);
    assertThat(problem(new RemoteRef("../configmaps/x", "", "")))
        .isInstanceOf(Problem.Malformed.class);
    assertThat(problem(new RemoteRef("db?x=y", "", ""))).isInstanceOf(Problem.Malformed.class);
  }

  /** Whether one may read is asked by the rules first. */
  @Test
  void everyRequestIsCounted() throws Exception {
    try (SecretStore store = open()) {
      assertThat(store.validate()).isEqualTo(SecretStore.Validity.READY);
      store.fetch(new RemoteRef("db", "user", "")).value().close();
      ((Searchable) store)
          .find(new Search(Optional.empty(), Optional.empty(), Map.of("team", "red")))
          .close();
    }
    assertThat(calls)
        .containsExactly(
            "Kubernetes CreateSelfSubjectRulesReview true",
            "Kubernetes GetSecret true",
            "Kubernetes ListSecrets true");
  }

  @Test
  void secretsAreFoundByNameAndByLabels() throws Exception {
    try (SecretStore store = open()) {
      Searchable searchable = (Searchable) store;
      assertThat(
              Given.texts(
                  searchable.find(
                      new Search(
                          Optional.empty(), Optional.of(Pattern.compile("^oth")), Map.of()))))
          .isEqualTo(Map.of("other", "{\"k\":\"v\"}"));
      assertThat(
              Given.texts(
                  searchable.find(
                      new Search(
                          Optional.empty(),
                          Optional.of(Pattern.compile("db")),
                          Map.of("team", "red")))))
          .containsOnlyKeys("other");
      assertThatThrownBy(
              () -> searchable.find(new Search(Optional.empty(), Optional.empty(), Map.of())))
          .isInstanceOf(StoreException.class);
    }
  }

  /** All ways to say who one is lead to the same Secret. */
  @Test
  void oneMayBeWhoOneIsInFourWays() throws Exception {
    String role = namespace.path("rbac.authorization.k8s.io/v1", "rolebindings");
    api.post(namespace.path("serviceaccounts"), "{\"metadata\": {\"name\": \"reader\"}}").orFail();
    api.post(
            role,
            """
            {"metadata": {"name": "reader"},
             "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "admin"},
             "subjects": [{"kind": "ServiceAccount", "name": "reader", "namespace": "%s"}]}
            """
                .formatted(namespace.name()))
        .orFail();
    String token = plane.token(namespace.name(), "reader");
    Given given =
        admin()
            .secret("token", "t", token + "\n")
            .account("reader", token)
            .secret("kube", "config", plane.kubeconfig(plane.url(), plane.admin()));
    Map<String, String> ways = new LinkedHashMap<>();
    ways.put("certificate", configuration(CERTIFICATE));
    ways.put("token", configuration("token: {bearerToken: {name: token, key: t}}"));
    ways.put("account", configuration("serviceAccount: {name: reader}"));
    ways.put(
        "kubeconfig",
        "{remoteNamespace: %s, authRef: {name: kube, key: config}}".formatted(namespace.name()));
    for (Map.Entry<String, String> way : ways.entrySet()) {
      try (SecretStore store = given.open(provider, way.getValue())) {
        assertThat(Given.text(store.fetch(new RemoteRef("other", "k", ""))))
            .as(way.getKey())
            .isEqualTo("v");
        assertThat(store.validate()).as(way.getKey()).isEqualTo(SecretStore.Validity.READY);
      }
    }
  }

  @Test
  void whoMayNotIsTold() throws Exception {
    Identity nobody = plane.user("nobody");
    Given given =
        new Given()
            .secret("me", "crt", nobody.certificatePem())
            .secret("me", "key", nobody.keyPem())
            .secret("token", "t", "wrong");
    try (SecretStore store = given.open(provider, configuration(CERTIFICATE))) {
      assertThatThrownBy(store::validate)
          .isInstanceOfSatisfying(
              StoreException.class, e -> assertThat(e.problem()).isInstanceOf(Problem.Denied.class))
          .hasMessageContaining("client is not allowed to get secrets");
      assertThat(
              catchThrowableOfType(
                      StoreException.class, () -> store.fetch(new RemoteRef("db", "", "")))
                  .problem())
          .isInstanceOf(Problem.Denied.class);
    }
    try (SecretStore store =
        given.open(provider, configuration("token: {bearerToken: {name: token, key: t}}"))) {
      assertThat(
              catchThrowableOfType(
                      StoreException.class, () -> store.fetch(new RemoteRef("db", "", "")))
                  .problem())
          .isInstanceOf(Problem.Denied.class);
    }
  }

  @Test
  void aServerOfAnotherAuthorityIsNotTrusted() throws Exception {
    String untrusted =
        "{remoteNamespace: %s, server: {url: '%s'}, auth: {%s}}"
            .formatted(namespace.name(), plane.url(), CERTIFICATE);
    try (SecretStore store = admin().open(provider, untrusted)) {
      assertThatThrownBy(() -> store.fetch(new RemoteRef("db", "", "")))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("certificate is not trusted");
    }
  }

  private static void push(
      SecretStore store,
      Writable.Remote remote,
      String key,
      String value,
      Map<String, @Nullable Object> metadata)
      throws Exception {
    try (SecretBytes bytes = SecretBytes.wrap(value.getBytes(StandardCharsets.UTF_8));
        Material whole = new Material()) {
      whole.put("all", new Item(bytes.copy(), Origin.of("", "all")));
      ((Writable) store)
          .push(
              remote,
              bytes,
              new Writable.Source(
                  key, whole, "kubernetes.io/x", Map.of("source", "s"), Map.of("from", "f")),
              metadata);
    }
  }

  private Map<String, Object> remote(String name) throws Exception {
    Api.Response response = api.get(namespace.path("secrets") + "/" + name);
    Map<String, Object> seen = new LinkedHashMap<>();
    if (response.status() == 404) {
      return seen;
    }
    var json = response.orFail().json();
    seen.put("data", json.has("data") ? json.row("data").fields() : Map.of());
    seen.put("type", json.text("type"));
    var metadata = json.row("metadata");
    seen.put("labels", metadata.has("labels") ? metadata.row("labels").fields() : Map.of());
    seen.put("version", metadata.text("resourceVersion"));
    return seen;
  }

  @Test
  void oneValueOrAllOfThemArePushed() throws Exception {
    try (SecretStore store = open()) {
      push(store, new Writable.Remote("new", "p"), "k", "v1", Map.of());
      assertThat(remote("new"))
          .containsEntry("data", Map.of("p", base64("v1")))
          .containsEntry("type", "kubernetes.io/x")
          .containsEntry("labels", Map.of("source", "s"));
      Object version = remote("new").get("version");

      push(store, new Writable.Remote("new", "p"), "k", "v1", Map.of());
      assertThat(remote("new")).as("no write of what is there").containsEntry("version", version);

      push(store, new Writable.Remote("new", "q"), "k", "v2", Map.of());
      assertThat(remote("new")).containsEntry("data", Map.of("p", base64("v1"), "q", base64("v2")));

      push(store, new Writable.Remote("new", ""), "", "v3", Map.of());
      assertThat(remote("new")).containsEntry("data", Map.of("all", base64("v3")));
      assertThat(calls)
          .containsExactly(
              "Kubernetes GetSecret false",
              "Kubernetes CreateSecret true",
              "Kubernetes GetSecret true",
              "Kubernetes GetSecret true",
              "Kubernetes UpdateSecret true",
              "Kubernetes GetSecret true",
              "Kubernetes UpdateSecret true");

      assertThatThrownBy(() -> push(store, new Writable.Remote("new", ""), "k", "v", Map.of()))
          .hasMessageContaining("requires property in RemoteRef");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                        | {own=o, source=s, there=t}
          {sourceMergePolicy: Replace}                              | {own=o, there=t}
          {targetMergePolicy: Replace}                              | {own=o, source=s}
          {targetMergePolicy: Ignore}                               | {there=t}
          {sourceMergePolicy: Replace, targetMergePolicy: Replace}  | {own=o}
          """)
  void labelsFollowThePoliciesOfThePush(String policies, String expected) throws Exception {
    api.post(
            namespace.path("secrets"),
            "{\"metadata\": {\"name\": \"there\", \"labels\": {\"there\": \"t\"}}, \"type\":"
                + " \"kubernetes.io/x\"}")
        .orFail();
    Map<String, @Nullable Object> spec = new LinkedHashMap<>(Map.of("labels", Map.of("own", "o")));
    Given.fields(policies)
        .names()
        .forEach(name -> spec.put(name, Given.fields(policies).raw(name)));
    try (SecretStore store = open()) {
      push(
          store,
          new Writable.Remote("there", "p"),
          "k",
          "v",
          Map.of(
              "apiVersion",
              "kubernetes.external-secrets.io/v1alpha1",
              "kind",
              "PushSecretMetadata",
              "spec",
              spec));
    }
    assertThat(new java.util.TreeMap<>((Map<?, ?>) remote("there").get("labels")).toString())
        .isEqualTo(expected);
  }

  @Test
  void aNamespaceOfOthersTakesAClusterWideStore() throws Exception {
    Map<String, @Nullable Object> elsewhere =
        Map.of(
            "apiVersion",
            "kubernetes.external-secrets.io/v1alpha1",
            "kind",
            "PushSecretMetadata",
            "spec",
            Map.of("remoteNamespace", "default"));
    try (SecretStore store = open()) {
      assertThatThrownBy(() -> push(store, new Writable.Remote("x", "p"), "k", "v", elsewhere))
          .hasMessageContaining("only supported with ClusterSecretStore");
    }
    Given given = admin().clusterWide("");
    for (String auth :
        List.of(
            CERTIFICATE,
            "token: {bearerToken: {name: me, key: t}}",
            "serviceAccount: {name: me}")) {
      Fields looked = Given.fields(configuration(auth));
      try (SecretStore store = provider.open("ClusterSecretStore/s", looked, given)) {
        assertThat(store.validate()).isEqualTo(SecretStore.Validity.UNKNOWN);
      }
      assertThat(looked.unread()).isEmpty();
    }
  }

  @Test
  void oneValueIsDeletedAndTheSecretWithTheLast() throws Exception {
    create("two", "\"labels\": {}", Map.of("a", "1", "b", "2"));
    try (SecretStore store = open()) {
      Writable writable = (Writable) store;
      writable.delete(new Writable.Remote("two", "missing"));
      assertThat(writable.exists(new Writable.Remote("two", "a"))).isTrue();
      writable.delete(new Writable.Remote("two", "a"));
      assertThat(remote("two")).containsEntry("data", Map.of("b", base64("2")));
      assertThat(writable.exists(new Writable.Remote("two", "a"))).isFalse();
      writable.delete(new Writable.Remote("two", "b"));
      assertThat(remote("two")).isEmpty();
      writable.delete(new Writable.Remote("two", "b"));
      assertThat(writable.exists(new Writable.Remote("two", ""))).isFalse();
      assertThat(calls)
          .contains("Kubernetes UpdateSecret true", "Kubernetes DeleteSecret true")
          .endsWith("Kubernetes GetSecret false");
    }
  }

  /** Whoever writes the kubeconfig must not make this process read files or run programs. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          user: {tokenFile: /etc/passwd}
          user: {client-certificate: /etc/passwd}
          user: {exec: {command: sh, apiVersion: client.authentication.k8s.io/v1}}
          user: {auth-provider: {name: oidc}}
          cluster: {certificate-authority: /etc/passwd}
          cluster: {insecure-skip-tls-verify: true}
          cluster: {proxy-url: 'http://elsewhere'}
          """)
  void aKubeconfigNamesNoFilesAndNoPrograms(String part) {
    String field = part.substring(0, part.indexOf(':'));
    String inner = part.substring(part.indexOf('{') + 1, part.lastIndexOf('}'));
    String config =
        """
        current-context: c
        contexts: [{name: c, context: {cluster: c, user: u}}]
        clusters: [{name: c, cluster: {server: 'https://x', %s}}]
        users: [{name: u, user: {token: t, %s}}]
        """
            .formatted(
                field.equals("cluster") ? inner : "certificate-authority-data: ''",
                field.equals("user") ? inner : "password: p");
    assertThatThrownBy(
            () ->
                new Given()
                    .secret("kube", "config", config)
                    .open(provider, "{authRef: {name: kube, key: config}}"))
        .isInstanceOf(MalformedObjectException.class)
        .hasMessageContaining("is not followed in a kubeconfig of a store");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {auth: {}}                                                                   | no auth provider given
          {server: {url: 'https://x'}}                                                 | no auth provider given
          {auth: {token: {bearerToken: {name: a, key: b}}, serviceAccount: {name: c}}} | multiple auth methods provided
          {auth: {token: {bearerToken: {name: me, key: crt}}}, authRef: {name: a, key: b}} | authRef and inline auth cannot both be set
          {auth: {cert: {clientCert: {name: me, key: key}, clientKey: {name: me, key: crt}}}} | the certificate and the key of the client cannot be used
          {server: {url: '::'}, auth: {token: {bearerToken: {name: me, key: crt}}}}    | is no URL
          """)
  void aConfigurationThatCannotWorkIsRefused(String configuration, String expected) {
    assertThatThrownBy(() -> admin().open(provider, configuration))
        .isInstanceOf(MalformedObjectException.class)
        .hasMessageContaining(expected);
  }
}
