package dev.signet.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.age.X25519Identity;
import dev.signet.dialects.CustomResourceDefinitions;
import dev.signet.dialects.sopssecrets.ClusterKeys;
import dev.signet.dialects.sopssecrets.SopsSecretRules;
import dev.signet.sops.FluxKeys;
import dev.signet.sops.Format;
import dev.signet.sops.MasterKey;
import dev.signet.sops.Metadata;
import dev.signet.sops.Selection;
import dev.signet.sops.SopsException;
import dev.signet.sops.SopsTree;
import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import dev.signet.yaml.GoJson;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SopsSecrets on a real API server, which puts their fields into another order. */
@OnControlPlane
class SopsSecretsTest {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final X25519Identity identity = X25519Identity.generate(RANDOM);
  private Stage stage;
  private Namespace namespace;

  @BeforeEach
  void theKindIsServed(ControlPlane plane, Namespace home) throws IOException {
    stage = new Stage(plane, home);
    namespace = home;
    for (Map<String, ?> each : CustomResourceDefinitions.all()) {
      String json = GoJson.write(each, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN);
      if (json.contains("sopssecrets.isindir.github.com")) {
        Api.Response made =
            stage.api().post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", json);
        if (made.status() != 409) {
          made.orFail();
        }
      }
    }
    Eventually.holds(
        Stage.SOON,
        "SopsSecret to be served",
        () -> stage.api().get("/apis/isindir.github.com/v1alpha3/sopssecrets").ok());
  }

  @AfterEach
  void close() throws IOException {
    stage.close();
    identity.close();
  }

  private Operator start() throws IOException {
    Settings usual = stage.settings();
    return stage.start(
        usual.withDialects(
            usual
                .dialects()
                .withSopsSecrets(
                    Optional.of(
                        new SopsSecretsSettings(
                            Optional.of("sops-keys"),
                            ClusterKeys.Reach.ALL,
                            SopsSecretRules.UPSTREAM,
                            () -> FluxKeys.read("nowhere", Map.of(), RANDOM))))));
  }

  /** As {@code sops encrypt --encrypted-suffix Templates} writes it. */
  private String encrypted(String templates) {
    String plain =
        """
        {"kind": "SopsSecret", "apiVersion": "isindir.github.com/v1alpha3",
         "metadata": {"name": "app"}, "spec": {"secretTemplates": [%s]}}
        """
            .formatted(templates);
    Metadata metadata =
        new Metadata(
            List.of(List.of(new MasterKey.Age(identity.recipient().toString(), ""))),
            0,
            Optional.of(new Selection(Selection.Rule.ENCRYPTED_SUFFIX, "Templates")),
            /* macOnlyEncrypted= */ true,
            Instant.EPOCH.atOffset(ZoneOffset.UTC),
            "",
            "3.13.3");
    Format format = Format.of(Format.Kind.JSON, Format.Layout.USUAL);
    try (FluxKeys keys = FluxKeys.read("the test", Map.of(), RANDOM)) {
      SopsTree tree =
          SopsTree.encrypted(
              format.read(plain.getBytes(UTF_8)), metadata, keys, Instant.EPOCH, RANDOM);
      return new String(format.writeEncrypted(tree), UTF_8);
    } catch (SopsException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private String path() {
    return namespace.path("isindir.github.com/v1alpha3", "sopssecrets/app");
  }

  private void apply(String json) throws IOException {
    Api api = stage.api();
    Eventually.holds(
        Stage.SOON,
        "the SopsSecret to be replaced",
        () -> {
          Api.Response there = api.get(path());
          if (there.status() == 404) {
            api.post(namespace.path("isindir.github.com/v1alpha3", "sopssecrets"), json).orFail();
            return true;
          }
          String version = there.orFail().json().row("metadata").text("resourceVersion");
          return api.put(
                  path(),
                  json.replaceFirst(
                      "\"name\": *\"app\"",
                      "\"name\": \"app\", \"resourceVersion\": \"" + version + "\""))
              .ok();
        });
  }

  private void awaitMessage(String message) {
    Eventually.holds(
        Stage.SOON,
        "status.message " + message,
        () -> {
          Jsonl.Row object = stage.api().get(path()).orFail().json();
          return object.has("status") && object.row("status").text("message").equals(message);
        });
  }

  @Test
  void whatIsEncryptedBecomesSecretsAndTheyAreKeptSo() throws IOException {
    Operator operator = start();
    try {
      apply(
          encrypted(
              """
              {"name": "db", "type": "example.com/x", "labels": {"a": "b"},
               "stringData": {"pass": "hunter2", "user": "app"}},
              {"name": "token", "stringData": {"t": "x"}}
              """));
      awaitMessage("Decryption error");

      // A key that comes later is used at once.
      String key = identity.text().with(bytes -> new String(bytes, UTF_8));
      stage
          .api()
          .post(
              namespace.path("secrets"),
              """
              {"metadata": {"name": "sops-keys"}, "stringData": {"one.agekey": "# one\\n%s\\n"}}
              """
                  .formatted(key))
          .orFail();
      stage.awaitValues("db", "{pass=hunter2, user=app}");
      stage.awaitValues("token", "{t=x}");
      awaitMessage("Healthy");
      var _ = stage.awaitCondition(path(), "Ready", "True");
      var _ = stage.awaitCondition(path(), "Verified", "True");
      Jsonl.Row secret = stage.secret("db").orElseThrow();
      assertThat(secret.text("type")).isEqualTo("example.com/x");
      assertThat(secret.row("metadata").row("labels").text("a")).isEqualTo("b");
      assertThat(secret.row("metadata").rows("ownerReferences").getFirst().text("kind"))
          .isEqualTo("SopsSecret");

      // Restored.
      stage.api().delete(stage.secretPath("token")).orFail();
      stage.awaitValues("token", "{t=x}");
      stage
          .api()
          .patch(
              stage.secretPath("db"),
              "application/merge-patch+json",
              "{\"data\": {\"user\": null, \"more\": \"eA==\"}}")
          .orFail();
      stage.awaitValues("db", "{pass=hunter2, user=app}");

      // Renamed, into a name that is taken at first.
      stage
          .api()
          .post(
              namespace.path("secrets"),
              "{\"metadata\": {\"name\": \"taken\"}, \"stringData\": {\"of\": \"others\"}}")
          .orFail();
      apply(encrypted("{\"name\": \"taken\", \"stringData\": {\"t\": \"y\"}}"));
      awaitMessage("Child secret is not owned by controller error");
      assertThat(stage.values("taken")).isEqualTo("{of=others}");
      assertThat(stage.values("token")).isEqualTo("{t=x}");
      stage
          .api()
          .patch(
              stage.secretPath("taken"),
              "application/merge-patch+json",
              "{\"metadata\": {\"annotations\": {\"sopssecret/managed\": \"true\"}}}")
          .orFail();
      stage.awaitValues("taken", "{t=y}");
      Eventually.holds(
          Stage.SOON,
          "the others to be gone",
          () -> stage.values("db").equals("none") && stage.values("token").equals("none"));
      awaitMessage("Healthy");
      stage.awaitEvent(
          "app", "Normal Delivered from sops-secrets: 1 Secrets were written, 2 removed");
    } finally {
      Stage.stop(operator);
    }
  }
}
