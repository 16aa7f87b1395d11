package dev.signet.operator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.core.sealing.Sealer;
import dev.signet.core.sealing.SealingCertificate;
import dev.signet.core.sealing.SealingKey;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Secret;
import dev.signet.dialects.sealedsecrets.KeyRules;
import dev.signet.dialects.sealedsecrets.Sealing;
import dev.signet.kube.Connection;
import dev.signet.kube.Leadership;
import dev.signet.kube.Rate;
import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Identity;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.yaml.GoJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One namespace of a real cluster, an operator for it, and what a test does and sees there. */
final class Stage implements AutoCloseable {

  static final Duration SOON = Duration.ofSeconds(30);

  /** How long Kubernetes' garbage collector may take to hear of a kind that is new. */
  static final Duration COLLECTED = Duration.ofSeconds(100);

  /** Everything that operators of this process logged. */
  static final ByteArrayOutputStream LOG = new ByteArrayOutputStream();

  private static final String SEALED = "bitnami.com/v1alpha1";
  private static final String EXTERNAL = "external-secrets.io/v1";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final ControlPlane plane;
  private final Namespace namespace;
  private final List<Operator> operators = new ArrayList<>();
  private final List<Path> kubeconfigs = new ArrayList<>();

  Stage(ControlPlane plane, Namespace namespace) throws IOException {
    this.plane = plane;
    this.namespace = namespace;
    // Each time: another test of this process may have had it written elsewhere.
    Logs.to(LOG, Logs.Format.json, Logs.Threshold.debug);
    Crds.install(plane.api());
  }

  String namespace() {
    return namespace.name();
  }

  Api api() {
    return plane.api();
  }

  /** For this namespace alone, with small keys, and without a Lease. */
  Settings settings() {
    return new Settings(
        new Settings.Area(List.of(namespace.name()), List.of(), ""),
        new Settings.Dialects(
            SealedSecretsSettings.DEFAULT.withKeys(
                KeyRules.DEFAULT.withNamespace(namespace.name()).withBits(2048)),
            /* externalSecrets= */ true),
        Optional.empty(),
        "operator-" + Long.toHexString(RANDOM.nextLong()),
        4,
        Settings.Http.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
        Rate.polite(1000, 1000),
        Settings.Looks.every(Duration.ofMinutes(10)),
        "test");
  }

  Settings withoutKey(Settings from) {
    return from.withSealedSecrets(
        from.dialects().sealedSecrets().withRenewal(SealedSecretsSettings.Renewal.NEVER));
  }

  Settings withElection(Settings from) {
    return from.withElection(
        new Settings.Election(
            namespace.name(),
            "signet",
            new Leadership.Terms(
                Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofMillis(300))));
  }

  Operator start(Settings settings) throws IOException {
    return start(settings, plane.kubeconfig(), Clock.systemUTC());
  }

  /** As that user, at that address. */
  Operator start(Settings settings, URI server, Identity user) throws IOException {
    return start(settings, server, user, Clock.systemUTC());
  }

  /** With that calendar. */
  Operator start(Settings settings, URI server, Identity user, Clock clock) throws IOException {
    Path file = Files.createTempFile("kubeconfig", "");
    kubeconfigs.add(file);
    Files.writeString(file, plane.kubeconfig(server, user));
    return start(settings, file, clock);
  }

  private Operator start(Settings settings, Path kubeconfig, Clock clock) throws IOException {
    Operator operator = Operator.start(settings, connection(kubeconfig, clock), clock, RANDOM);
    operators.add(operator);
    return operator;
  }

  static Connection connection(Path kubeconfig, Clock clock) {
    try {
      return Connection.kubeconfig(List.of(kubeconfig), Optional.empty(), Map.of(), clock);
    } catch (ObjectsException e) {
      throw new IllegalStateException(e);
    }
  }

  static void stop(Operator operator) {
    try {
      if (!operator.stop(Operator.GRACE)) {
        throw new IllegalStateException("reconciles were still under way");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    operators.forEach(Stage::stop);
    for (Path file : kubeconfigs) {
      Files.delete(file);
    }
  }

  /** The certificate of the key that the operator made. */
  SealingCertificate certificate() {
    return Eventually.find(
        SOON,
        "a sealing key",
        () -> {
          List<Jsonl.Row> keys =
              api()
                  .get(
                      namespace.path("secrets")
                          + "?labelSelector=sealedsecrets.bitnami.com/sealed-secrets-key%3Dactive")
                  .orFail()
                  .json()
                  .rows("items");
          return keys.isEmpty()
              ? Optional.empty()
              : Optional.of(certificate(keys.getFirst().row("data").base64("tls.crt")));
        });
  }

  private static SealingCertificate certificate(byte[] pem) {
    try {
      return SealingCertificate.read(pem);
    } catch (dev.signet.core.sealing.MalformedKeyException e) {
      throw new IllegalStateException(e);
    }
  }

  static SealingKey newKey(String name) {
    return SealingKey.generate(
        name, 2048, Duration.ofDays(100), /* commonName= */ "", Clock.systemUTC(), RANDOM);
  }

  void addKey(SealingKey key) throws IOException {
    String pem =
        key.openingKey()
            .toPem()
            .orElseThrow()
            .with(bytes -> Base64.getEncoder().encodeToString(bytes));
    api()
        .post(
            namespace.path("secrets"),
            """
            {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
             "metadata": {"name": "%s", "labels": {"sealedsecrets.bitnami.com/sealed-secrets-key": "active"}},
             "data": {"tls.crt": "%s", "tls.key": "%s"}}
            """
                .formatted(
                    key.name(), Base64.getEncoder().encodeToString(key.certificate().toPem()), pem))
        .orFail();
  }

  /** A SealedSecret of these values, as a manifest. */
  String sealed(SealingCertificate certificate, String name, Map<String, String> values) {
    Material data = new Material();
    new TreeMap<>(values)
        .forEach(
            (key, value) ->
                data.put(
                    key,
                    new Item(SecretBytes.wrap(value.getBytes(UTF_8)), Origin.of("test", key))));
    try (Secret secret =
        new Secret(Metadata.named(namespace.name(), name), "Opaque", Optional.empty(), data)) {
      return GoJson.write(
          new Sealing(Optional.empty(), Optional.empty(), Optional.empty(), false, false)
              .seal(secret, new Sealer(certificate.publicKey(), RANDOM))
              .write(),
          GoJson.Layout.COMPACT,
          GoJson.Keys.AS_GIVEN);
    } catch (dev.signet.dialects.sealedsecrets.SealException e) {
      throw new IllegalStateException(e);
    }
  }

  void applySealed(String manifest) throws IOException {
    api().post(namespace.path(SEALED, "sealedsecrets"), manifest).orFail();
  }

  void applyExternal(String plural, String manifest) throws IOException {
    api().post(namespace.path(EXTERNAL, plural), manifest).orFail();
  }

  String sealedPath(String name) {
    return namespace.path(SEALED, "sealedsecrets/" + name);
  }

  String externalPath(String pluralAndName) {
    return namespace.path(EXTERNAL, pluralAndName);
  }

  String secretPath(String name) {
    return namespace.path("secrets/" + name);
  }

  /** The Secret, if it is there. */
  Optional<Jsonl.Row> secret(String name) throws IOException {
    Api.Response answer = api().get(secretPath(name));
    return answer.status() == 404 ? Optional.empty() : Optional.of(answer.orFail().json());
  }

  /** Keys and values of a Secret, {@code {k=v}}; {@code none} when there is no such Secret. */
  String values(String name) throws IOException {
    return secret(name)
        .map(
            secret -> {
              Map<String, String> values = new TreeMap<>();
              secret
                  .row("data")
                  .fields()
                  .keySet()
                  .forEach(
                      key -> values.put(key, new String(secret.row("data").base64(key), UTF_8)));
              return values.toString();
            })
        .orElse("none");
  }

  void awaitValues(String name, String values) {
    awaitValues(name, values, SOON);
  }

  void awaitValues(String name, String values, Duration within) {
    Eventually.holds(
        within, "Secret " + name + " to be " + values, () -> values(name).equals(values));
  }

  /** A condition of an object, once it has that status. */
  Jsonl.Row awaitCondition(String path, String type, String status) {
    return Eventually.find(
        SOON,
        type + "=" + status + " of " + path,
        () -> {
          Jsonl.Row object = api().get(path).orFail().json();
          return object.has("status") && object.row("status").has("conditions")
              ? object.row("status").rows("conditions").stream()
                  .filter(
                      each -> each.text("type").equals(type) && each.text("status").equals(status))
                  .findFirst()
              : Optional.empty();
        });
  }

  /** The events about an object: {@code Warning Reason from component: message}. */
  List<String> events(String name) throws IOException {
    List<String> events = new ArrayList<>();
    for (Jsonl.Row each : api().get(namespace.path("events")).orFail().json().rows("items")) {
      if (each.row("involvedObject").text("name").equals(name)) {
        events.add(
            each.text("type")
                + " "
                + each.text("reason")
                + " from "
                + each.row("source").text("component")
                + ": "
                + each.text("message"));
      }
    }
    return events;
  }

  void awaitEvent(String name, String start) {
    Eventually.holds(
        SOON,
        "event " + start + " about " + name,
        () -> events(name).stream().anyMatch(each -> each.startsWith(start)));
  }

  /** What an operator's endpoint answers: code, space, body. */
  static String http(Operator operator, String path) throws IOException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<InputStream> answer =
          client.send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + operator.http().getPort() + path))
                  .build(),
              HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        return answer.statusCode() + " " + new String(body.readAllBytes(), UTF_8);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The value of one series, as it is written; {@code absent} when it is not there. */
  static String metric(Operator operator, String series) throws IOException {
    return http(operator, "/metrics")
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .map(line -> line.substring(series.length() + 1))
        .findFirst()
        .orElse("absent");
  }
}
