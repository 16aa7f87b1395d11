package dev.signet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.SecretBytes;
import dev.signet.core.sealing.MalformedKeyException;
import dev.signet.core.sealing.Scope;
import dev.signet.core.sealing.Sealer;
import dev.signet.core.sealing.SealingCertificate;
import dev.signet.testkit.Jsonl;
import dev.signet.testkit.Needs;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.OnControlPlane;
import dev.signet.testkit.cluster.Peer;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The checklist of what articles on Kubernetes secrets do with Sealed Secrets, {@code
 * articles/sealed-secrets.yaml}: typed into a shell as printed, with the real kubectl and helm, and
 * with our kubeseal, chart and controller in place of upstream's.
 */
class ArticlesOnClusterTest {

  private static final String CHECKLIST = "articles/sealed-secrets.yaml";

  private static List<Jsonl.Row> rows() {
    try {
      List<Jsonl.Row> rows = new ArrayList<>();
      for (Document document :
          Documents.read(
              Shell.resource(CHECKLIST).getBytes(UTF_8),
              CHECKLIST,
              ReadLimits.DEFAULT,
              DuplicateKeys.REJECTED)) {
        rows.add(new Jsonl.Row(document.tree()));
      }
      return rows;
    } catch (MalformedDocumentException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theChecklistNamesEveryArticleAndWhyARowIsLeftOut() {
    List<Jsonl.Row> rows = rows();
    assertThat(rows).hasSizeGreaterThan(35);
    assertThat(new TreeSet<>(rows.stream().flatMap(row -> row.texts("article").stream()).toList()))
        .containsExactly("000", "001", "002", "003", "004");
    assertThat(rows)
        .allSatisfy(
            row -> {
              assertThat(row.text("what")).isNotBlank();
              assertThat(row.has("command")).isNotEqualTo(row.has("manifest"));
              assertThat(row.fields().keySet())
                  .isSubsetOf(
                      "article",
                      "what",
                      "command",
                      "left-out",
                      "before",
                      "manifest",
                      "values",
                      "object",
                      "cut",
                      "fails",
                      "then");
            });
    assertThat(rows).filteredOn(row -> row.has("left-out")).hasSize(6);
  }

  /** One cluster, in which the rows are run one after the other. */
  @OnControlPlane(ownNetwork = true)
  @org.junit.jupiter.api.Nested
  class Run {

    private static final Duration SOON = Duration.ofMinutes(2);
    private static final String SYSTEM = "kube-system";
    private static final String SEALED = "/apis/bitnami.com/v1alpha1/namespaces/";

    @TempDir Path folder;

    private Api api;
    private ControlPlane plane;
    private ControllerPods pods;
    private Path work;
    private int port;
    private String served = "";

    @BeforeEach
    void start(ControlPlane given) throws IOException {
      plane = given;
      api = plane.api();
      work = Files.createDirectories(folder.resolve("work"));
      Path bin = Files.createDirectories(folder.resolve("bin"));
      Path kubectl =
          Needs.command("kubectl", "install kubectl, Debian's kubernetes-client for instance");
      program(bin, "kubectl", "'" + kubectl + "'");
      program(bin, "helm", "'" + Peer.HELM.needed() + "'");
      ours(bin, "kubeseal");
      ours(bin, "signet");
      try (ServerSocket socket =
          new ServerSocket(0, 1, InetAddress.getByName(plane.network().orElseThrow().outside()))) {
        port = socket.getLocalPort();
      }
      for (String namespace : List.of("production", "staging")) {
        api.post(
                "/api/v1/namespaces",
                "{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \""
                    + namespace
                    + "\"}}")
            .orFail();
      }
      pods = ControllerPods.watch(plane, SYSTEM, folder.resolve("pods"));
    }

    private static void ours(Path bin, String name) throws IOException {
      program(
          bin,
          name,
          "'%s' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dsignet.program=%s -cp '%s' dev.signet.cli.Main"
              .formatted(
                  Path.of(System.getProperty("java.home"), "bin", "java"),
                  name,
                  System.getProperty("java.class.path")));
    }

    private static void program(Path bin, String name, String command) throws IOException {
      Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\nexec " + command + " \"$@\"\n");
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    @AfterEach
    void stop() throws IOException {
      pods.close();
      run("helm uninstall sealed-secrets --namespace kube-system || true");
      run("kubectl delete secret -n kube-system -l sealedsecrets.bitnami.com/sealed-secrets-key");
      run("kubectl delete sealedsecret -n default --all");
      run("kubectl delete namespace production staging --wait=false");
    }

    @Test
    @Timeout(900)
    void everyCommandAndManifestRuns() throws Exception {
      int ran = 0;
      for (Jsonl.Row row : rows()) {
        if (row.has("left-out")) {
          continue;
        }
        try {
          run(row);
        } catch (AssertionError | IllegalStateException e) {
          pods.assertWell();
          throw new AssertionError(row.texts("article") + " " + row.text("what"), e);
        }
        ran++;
      }
      assertThat(ran).isGreaterThan(30);
    }

    private void run(Jsonl.Row row) throws Exception {
      row.optionalText("before").ifPresent(each -> assertThat(run(each).code()).isZero());
      Shell.Result result =
          row.has("manifest")
              ? apply(row)
              : run(
                  row.text("command")
                      .replace(
                          "sealed-secrets/sealed-secrets ",
                          Path.of("..", "deploy/chart/sealed-secrets").toAbsolutePath().normalize()
                              + " --set containerPorts.http="
                              + port
                              + " "));
      if (row.has("fails")) {
        assertThat(result.code()).isNotZero();
        assertThat(result.err()).contains(row.text("fails"));
      } else {
        assertThat(result.code()).as("%s%s", result.out(), result.err()).isZero();
      }
      for (String check : row.texts("then")) {
        check(check, result);
      }
    }

    private Shell.Result apply(Jsonl.Row row) throws IOException, MalformedKeyException {
      String manifest = Shell.resource("articles/" + row.text("manifest"));
      Map<String, ?> values = row.row("values").fields();
      for (Map.Entry<String, ?> value : values.entrySet()) {
        String text = String.valueOf(value.getValue());
        manifest =
            manifest.replace(
                "@" + value.getKey() + "@",
                row.has("cut") ? text : sealed(text, row.text("object")));
      }
      // The Deployment behind it is of no interest here, and printed without its selector.
      Files.writeString(work.resolve("manifest.yaml"), manifest.split("\n---\n", -1)[0]);
      return run("kubectl apply -f manifest.yaml");
    }

    private String sealed(String value, String object) throws IOException, MalformedKeyException {
      String[] place = object.split("/", -1);
      SealingCertificate certificate =
          SealingCertificate.read(certificate().orElseThrow().getBytes(UTF_8));
      try (SecretBytes plain = SecretBytes.copyOf(value.getBytes(UTF_8))) {
        return new Sealer(certificate.publicKey(), new SecureRandom())
            .sealToBase64(plain, Scope.STRICT.label(place[0], place[1]));
      }
    }

    private void check(String check, Shell.Result result) throws IOException {
      String[] words = check.split(" ", 3);
      switch (words[0]) {
        case "out" -> assertThat(result.out()).contains(words[2]);
        case "file" -> {
          String[] rest = words[2].split(" ", 2);
          String text = Files.readString(work.resolve(words[1]));
          if (rest[0].equals("has")) {
            assertThat(text).contains(rest[1]);
          } else {
            assertThat(text).doesNotContain(rest[1]);
          }
        }
        case "ready" ->
            served =
                Eventually.find(
                    SOON,
                    "the controller",
                    () -> {
                      pods.assertWell();
                      return certificate();
                    });
        case "another" -> {
          String before = served;
          served =
              Eventually.find(
                  SOON, check, () -> certificate().filter(text -> !text.equals(before)));
        }
        case "secret" ->
            Eventually.holds(SOON, check, () -> secret(words[1]).equals(Optional.of(words[2])));
        case "no" -> Eventually.holds(SOON, check, () -> secret(words[2]).isEmpty());
        case "synced" -> Eventually.holds(SOON, check, () -> synced(words[1], "True", ""));
        case "unsynced" -> Eventually.holds(SOON, check, () -> synced(words[1], "False", words[2]));
        default -> throw new IllegalArgumentException("no such check: " + check);
      }
    }

    /** What the controller hands out through the API server. */
    private Optional<String> certificate() throws IOException {
      List<Jsonl.Row> services =
          api.get(
                  "/api/v1/namespaces/kube-system/services?labelSelector=app.kubernetes.io/name%3Dsealed-secrets")
              .orFail()
              .json()
              .rows("items");
      for (Jsonl.Row service : services) {
        if (service.row("spec").rows("ports").getFirst().text("name").equals("http")) {
          String name = service.row("metadata").text("name");
          Api.Response answer =
              api.get(
                  "/api/v1/namespaces/kube-system/services/http:"
                      + name
                      + ":http/proxy/v1/cert.pem");
          return answer.ok() ? Optional.of(answer.body()) : Optional.empty();
        }
      }
      return Optional.empty();
    }

    private Optional<String> secret(String object) throws IOException {
      String[] place = object.split("/", -1);
      Api.Response answer = api.get("/api/v1/namespaces/" + place[0] + "/secrets/" + place[1]);
      return answer.status() == 404
          ? Optional.empty()
          : Optional.of(ControllerScene.values(answer.orFail().json()));
    }

    private boolean synced(String object, String status, String message) throws IOException {
      String[] place = object.split("/", -1);
      Jsonl.Row sealed = api.get(SEALED + place[0] + "/sealedsecrets/" + place[1]).orFail().json();
      return sealed.has("status")
          && sealed.row("status").has("observedGeneration")
          && sealed.row("status").integer("observedGeneration")
              == sealed.row("metadata").integer("generation")
          && sealed.row("status").rows("conditions").stream()
              .anyMatch(
                  each ->
                      each.text("type").equals("Synced")
                          && each.text("status").equals(status)
                          && each.optionalText("message").orElse("").contains(message));
    }

    private Shell.Result run(String command) {
      try {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder =
            new ProcessBuilder("bash", "-euo", "pipefail", "-c", command)
                .directory(work.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        Map<String, String> environment = builder.environment();
        environment.put("PATH", folder.resolve("bin") + ":" + environment.get("PATH"));
        environment.put("KUBECONFIG", plane.kubeconfig().toString());
        environment.put("HOME", folder.toString());
        int code = builder.start().waitFor();
        return new Shell.Result(code, Files.readString(out), Files.readString(err));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }
}
