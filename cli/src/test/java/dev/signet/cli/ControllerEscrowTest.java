package dev.signet.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.age.X25519Identity;
import dev.signet.delivery.directory.FaultPoints;
import dev.signet.dialects.sealedsecrets.escrow.EscrowFile;
import dev.signet.dialects.sealedsecrets.escrow.EscrowPlan;
import dev.signet.operator.Operator;
import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Copies of keys by the program {@code controller}, which environment variables ask for. */
class ControllerEscrowTest {

  private static final String METRIC = "signet_sealing_keys_without_verified_copy";

  @TempDir Path folder;

  private final X25519Identity identity = X25519Identity.generate(new SecureRandom());
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private Surroundings surroundings(Map<String, String> environment) {
    return new Surroundings(
        environment,
        folder,
        new ByteArrayInputStream(new byte[0]),
        new PrintStream(new ByteArrayOutputStream(), true, US_ASCII),
        new PrintStream(err, true, US_ASCII),
        false,
        false,
        false,
        Clock.systemUTC(),
        new SecureRandom(),
        FaultPoints.NONE);
  }

  private Optional<EscrowPlan> plan(Map<String, String> environment) throws CommandFailure {
    Surroundings surroundings = surroundings(environment);
    return EscrowOptions.ofEnvironment(surroundings).plan(surroundings);
  }

  @Test
  void variablesSayWhereCopiesGoAndForWhom() throws Exception {
    String recipient = identity.recipient().toString();
    assertThat(plan(Map.of("SEALED_SECRETS_KEY_TTL", "1h"))).isEmpty();

    EscrowPlan plan =
        plan(Map.of(
                "SIGNET_ESCROW_RECIPIENTS", recipient + ", " + recipient,
                "SIGNET_ESCROW_FOLDER", "copies",
                "SIGNET_ESCROW_SECRET", "vault",
                "SIGNET_ESCROW_STORE", "put {}",
                "SIGNET_ESCROW_LOAD", "get {}"))
            .orElseThrow();
    assertThat(plan.recipients()).hasSize(2);
    assertThat(plan.targets()).hasSize(2);
    assertThat(plan.secrets()).contains("vault");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          FOLDER=copies                           | escrow needs somebody who can open it; name an age public key with SIGNET_ESCROW_RECIPIENTS
          RECIPIENTS=@                            | escrow needs a place; name one with SIGNET_ESCROW_FOLDER, SIGNET_ESCROW_SECRET, or SIGNET_ESCROW_STORE and SIGNET_ESCROW_LOAD
          RECIPIENTS=@ STORE=put                  | SIGNET_ESCROW_STORE and SIGNET_ESCROW_LOAD need each other; a copy counts once it was read back
          RECIPIENTS=age1nonsense FOLDER=copies   | malformed recipient
          RECIPIENTS_FILE=absent FOLDER=copies    | cannot read absent: no such file or directory
          """)
  void whatIsMissingEndsTheStart(String variables, String message) throws IOException {
    Map<String, String> environment = new TreeMap<>();
    environment.put("KUBERNETES_SERVICE_HOST", "127.0.0.1");
    environment.put("KUBERNETES_SERVICE_PORT", "1");
    for (String each : variables.split(" ", -1)) {
      String[] pair = each.split("=", 2);
      environment.put(
          "SIGNET_ESCROW_" + pair[0], pair[1].replace("@", identity.recipient().toString()));
    }
    Files.writeString(folder.resolve("token"), "t");
    Files.writeString(folder.resolve("namespace"), "n");

    int code = ControllerProgram.run(new String[] {}, surroundings(environment), folder);

    assertThat(code).isEqualTo(2);
    assertThat(err.toString(US_ASCII)).contains("panic: ").contains(message);
  }

  /** With the rights of upstream's chart; the scene fails for a request that they do not allow. */
  @Test
  @OnControlPlane
  void everyKeyGetsItsCopiesWithinTheRightsOfUpstreamsChart(ControlPlane plane, Namespace home)
      throws Exception {
    Path copies = Files.createDirectory(folder.resolve("copies"));
    try (ControllerScene scene = new ControllerScene(plane, home, folder)) {
      Optional<EscrowPlan> plan =
          plan(
              Map.of(
                  "SIGNET_ESCROW_RECIPIENTS", identity.recipient().toString(),
                  "SIGNET_ESCROW_FOLDER", copies.toString(),
                  "SIGNET_ESCROW_SECRET", home.name()));
      Operator controller = scene.start(plan);
      awaitCopies(scene, controller, copies, 1);

      controller.makeKey();
      awaitCopies(scene, controller, copies, 2);

      scene.addKey(ControllerScene.newKey("brought", java.time.Instant.now()));
      awaitCopies(scene, controller, copies, 3);
      for (Path copy : list(copies)) {
        try (var opened = EscrowFile.open(Files.readAllBytes(copy), List.of(identity))) {
          assertThat(copy.getFileName().toString()).startsWith(opened.metadata().name() + ".");
        }
      }
      List<Jsonl.Row> inSecrets =
          plane
              .api()
              .get(home.path("secrets") + "?labelSelector=signet.dev%2Fescrow%3Dsealing-key")
              .orFail()
              .json()
              .rows("items");
      assertThat(inSecrets).hasSize(3);

      Files.delete(list(copies).getFirst());
      scene.stop(controller);
      awaitCopies(scene, scene.start(plan), copies, 3);
    }
  }

  private static void awaitCopies(
      ControllerScene scene, Operator controller, Path copies, int count) {
    Eventually.holds(
        ControllerScene.SOON,
        count + " keys with copies",
        () ->
            scene.keys().size() == count
                && scene.keys().stream()
                    .allMatch(
                        key ->
                            key.row("metadata").has("annotations")
                                && key.row("metadata")
                                    .row("annotations")
                                    .fields()
                                    .keySet()
                                    .containsAll(
                                        List.of(
                                            "escrow.signet.dev/folder",
                                            "escrow.signet.dev/secret")))
                && list(copies).size() == count
                && ControllerScene.metric(controller, METRIC) == 0);
  }

  private static List<Path> list(Path copies) throws IOException {
    try (var all = Files.list(copies)) {
      return all.sorted().toList();
    }
  }

  /**
   * As in the namespace of the keys with upstream's namespacedRoles: it may neither watch nor
   * change what is there. Copies are made, that they are good is known as long as the process
   * lives, and the API server is not asked about it all the time.
   */
  @Test
  @OnControlPlane
  void whereKeysMayNotBeWatchedOrChangedTheyGetTheirCopiesAllTheSame(
      ControlPlane plane, Namespace home) throws Exception {
    Path copies = Files.createDirectory(folder.resolve("copies"));
    ControllerScene scene = new ControllerScene(plane, home, folder);
    scene.allowOnlyKeys();
    Operator controller =
        scene.start(
            plan(
                Map.of(
                    "SIGNET_ESCROW_RECIPIENTS", identity.recipient().toString(),
                    "SIGNET_ESCROW_FOLDER", copies.toString())),
            "--all-namespaces=false");
    Eventually.holds(
        ControllerScene.SOON,
        "the copy",
        () -> list(copies).size() == 1 && ControllerScene.metric(controller, METRIC) == 0);
    assertThat(scene.keys().getFirst().row("metadata").has("annotations")).isFalse();
    scene.stop(controller);
    assertThat(scene.asked("update", "secrets")).as("refused once, and not again").isOne();
  }
}
