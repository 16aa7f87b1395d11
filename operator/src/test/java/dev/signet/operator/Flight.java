package dev.signet.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.sealing.SealingKey;
import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.AuditLog;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Namespace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Many SealedSecrets on their way to Secrets, and somebody who writes down every version of every
 * Secret that there ever is. Values only go forward: {@code v1}, then {@code v2}.
 */
final class Flight implements AutoCloseable {

  /** What the names of Secrets with keys begin with. */
  static final String KEY_NAME = "key-";

  /** More of them in the profile {@code volume}. */
  static final int OBJECTS = Integer.getInteger("faults.objects", 96);

  /** How many keys the objects are sealed with, in turn; more in the profile {@code volume}. */
  static final int KEYS = Integer.getInteger("faults.keys", 3);

  /** Every flight's: making one takes a while. */
  private static final List<SealingKey> SEALING =
      IntStream.range(0, KEYS).mapToObj(i -> Stage.newKey(KEY_NAME + i)).toList();

  /** Ends nothing but what hangs: machines may be busy with other things. */
  static final Duration LONG = Duration.ofSeconds(120 + OBJECTS / 2);

  private final ControlPlane plane;
  private final Namespace namespace;
  private final Stage stage;
  private final Cargo cargo;

  /** What each Secret held, in order; {@code gone} where it was deleted. */
  private final Map<String, List<String>> versions = new ConcurrentHashMap<>();

  private volatile String seenUpTo = "";
  private volatile boolean closed;

  /** Of SealedSecrets. */
  Flight(ControlPlane plane, Namespace namespace, Stage stage) throws IOException {
    this(plane, namespace, stage, new Sealed(stage));
    for (SealingKey key : SEALING) {
      stage.addKey(key);
    }
  }

  Flight(ControlPlane plane, Namespace namespace, Stage stage, Cargo cargo) throws IOException {
    this.plane = plane;
    this.namespace = namespace;
    this.stage = stage;
    this.cargo = cargo;
    seenUpTo =
        stage
            .api()
            .get(namespace.path("secrets"))
            .orFail()
            .json()
            .row("metadata")
            .text("resourceVersion");
    Thread.ofVirtual().name("recorder").start(this::record);
  }

  private static String name(int i) {
    return "app-" + i;
  }

  /** What is on its way: objects of one kind, each with a Secret of its name. */
  interface Cargo {

    void apply(String name, int number) throws IOException;

    /** From {@code v1} to {@code v2}. */
    void change(String name, int number) throws IOException;

    /** Where all of them are listed. */
    String path();

    /** Whether its status says that its Secret is as it says now. */
    boolean synced(Jsonl.Row object);
  }

  private record Sealed(Stage stage) implements Cargo {

    private String sealed(String name, int number, String value) {
      return stage.sealed(SEALING.get(number % KEYS).certificate(), name, Map.of("k", value));
    }

    @Override
    public void apply(String name, int number) throws IOException {
      stage.applySealed(sealed(name, number, "v1"));
    }

    @Override
    public void change(String name, int number) throws IOException {
      stage
          .api()
          .patch(stage.sealedPath(name), "application/merge-patch+json", sealed(name, number, "v2"))
          .orFail();
    }

    @Override
    public String path() {
      return stage.sealedPath("");
    }

    @Override
    public boolean synced(Jsonl.Row sealed) {
      return sealed.has("status")
          && sealed.row("status").integer("observedGeneration")
              == sealed.row("metadata").integer("generation")
          && sealed.row("status").rows("conditions").stream()
              .allMatch(condition -> condition.text("status").equals("True"));
    }
  }

  /** ExternalSecrets of one store that has both versions. */
  record External(Stage stage) implements Cargo {

    External {
      try {
        stage.applyExternal(
            "secretstores",
            """
            {"apiVersion": "external-secrets.io/v1", "kind": "SecretStore", "metadata": {"name": "flight"},
             "spec": {"provider": {"fake": {"data": [{"key": "first", "value": "v1"},
              {"key": "second", "value": "v2"}]}}}}
            """);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    @Override
    public void apply(String name, int number) throws IOException {
      stage.applyExternal(
          "externalsecrets",
          """
          {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "%s"},
           "spec": {"secretStoreRef": {"name": "flight"},
            "data": [{"secretKey": "k", "remoteRef": {"key": "first"}}]}}
          """
              .formatted(name));
    }

    @Override
    public void change(String name, int number) throws IOException {
      stage
          .api()
          .patch(
              stage.externalPath("externalsecrets/" + name),
              "application/merge-patch+json",
              "{\"spec\": {\"data\": [{\"secretKey\": \"k\", \"remoteRef\": {\"key\":"
                  + " \"second\"}}]}}")
          .orFail();
    }

    @Override
    public String path() {
      return stage.externalPath("externalsecrets");
    }

    @Override
    public boolean synced(Jsonl.Row object) {
      return object.has("status")
          && object.row("status").has("syncedResourceVersion")
          && object
              .row("status")
              .text("syncedResourceVersion")
              .startsWith(object.row("metadata").integer("generation") + "-")
          && object.row("status").rows("conditions").stream()
              .allMatch(condition -> condition.text("status").equals("True"));
    }
  }

  /** Applies them all, from so many threads that some are always under way. */
  void takeOff() throws IOException {
    for (int i = 0; i < OBJECTS; i++) {
      cargo.apply(name(i), i);
    }
  }

  /** The next version of the first so many. */
  void change(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      cargo.change(name(i), i);
    }
  }

  /** Returns when at least so many Secrets have been written. */
  void awaitUnderWay(int count) {
    Eventually.holds(LONG, count + " Secrets", () -> versions.size() >= count);
  }

  /** Returns when all are as they should be, the first {@code changed} with their next version. */
  void awaitArrived(int changed) {
    Eventually.holds(
        LONG,
        "all Secrets and conditions to be right",
        () -> {
          // Lists of all are work for the API server, which has others to do.
          if (!recorded(changed)) {
            throw new IOException(versions.size() + " Secrets were seen");
          }
          List<String> wrong = wrong(changed);
          if (!wrong.isEmpty()) {
            throw new IOException(wrong.size() + " are not, for instance " + wrong.getFirst());
          }
          return true;
        });
  }

  private List<String> wrong(int changed) throws IOException {
    Map<String, String> values = new HashMap<>();
    for (Jsonl.Row secret :
        stage.api().get(namespace.path("secrets")).orFail().json().rows("items")) {
      values.put(secret.row("metadata").text("name"), value(secret));
    }
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < OBJECTS; i++) {
      String value = values.getOrDefault(name(i), "absent");
      if (!value.equals(i < changed ? "v2" : "v1")) {
        wrong.add(name(i) + " is " + value);
      }
    }
    for (Jsonl.Row object : stage.api().get(cargo.path()).orFail().json().rows("items")) {
      if (!cargo.synced(object)) {
        wrong.add(
            "the status of "
                + object.row("metadata").text("name")
                + (object.has("status") ? " is " + object.row("status").fields() : " is absent"));
      }
    }
    return wrong;
  }

  private static String value(Jsonl.Row secret) {
    return secret.has("data") && secret.row("data").has("k")
        ? new String(secret.row("data").base64("k"), UTF_8)
        : "empty";
  }

  /**
   * No Secret was ever lost, emptied or set back, and none was written that was right: exactly one
   * write made each version.
   */
  void assertSafe(int changed) throws IOException {
    assertSafeThoughRequestsMayBeUnrecorded(changed);
    assertWrites(OBJECTS + changed);
  }

  /** So many writes of Secrets succeeded until now, those of keys aside. */
  void assertWrites(int expected) throws IOException {
    // A request is noted when it has ended, which may be after what came of it is seen.
    Eventually.holds(LONG, "the audit log to be complete", () -> secretWrites() >= expected);
    assertThat(secretWrites()).as("successful writes of Secrets").isEqualTo(expected);
  }

  /**
   * The same where the API server was killed: it may have stored a write and not lived to note the
   * request. What is noted is still no write too many.
   */
  void assertSafeThoughRequestsMayBeUnrecorded(int changed) throws IOException {
    Eventually.holds(LONG, "the record to be complete", () -> recorded(changed));
    Map<String, Integer> stored = plane.writesStored("secrets", namespace.name());
    Map<String, Long> noted =
        plane.audit().entries().stream()
            .filter(this::writesSecret)
            .collect(Collectors.groupingBy(AuditLog.Entry::name, Collectors.counting()));
    for (int i = 0; i < OBJECTS; i++) {
      List<String> expected = i < changed ? List.of("v1", "v2") : List.of("v1");
      assertThat(versions.get(name(i))).as(name(i)).isEqualTo(expected);
      assertThat(stored).as("stored writes").containsEntry(name(i), expected.size());
      assertThat(noted.getOrDefault(name(i), 0L))
          .as("noted writes of " + name(i))
          .isLessThanOrEqualTo(expected.size());
    }
  }

  private boolean recorded(int changed) {
    for (int i = 0; i < OBJECTS; i++) {
      if (versions.getOrDefault(name(i), List.of()).size() < (i < changed ? 2 : 1)) {
        return false;
      }
    }
    return true;
  }

  private long secretWrites() throws IOException {
    return plane.audit().count(this::writesSecret);
  }

  private boolean writesSecret(AuditLog.Entry request) {
    return request.resource().equals("secrets")
        && request.namespace().equals(namespace.name())
        && !request.name().startsWith(KEY_NAME)
        && List.of("create", "update", "patch", "delete").contains(request.verb())
        && request.status() < 300;
  }

  private void record() {
    while (!closed) {
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(
                  stage.api().stream(
                      namespace.path("secrets") + "?watch=true&resourceVersion=" + seenUpTo),
                  UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          note(Jsonl.row(line));
        }
      } catch (IOException | RuntimeException e) {
        // The API server is away; the watch goes on where it was.
        if (!closed) {
          Eventually.holds(LONG, "the API server", () -> stage.api().get("/readyz").ok());
        }
      }
    }
  }

  private void note(Jsonl.Row event) throws IOException {
    if (event.text("type").equals("ERROR")) {
      // A server that was started again does not remember so far back.
      noteAll(stage.api().get(namespace.path("secrets")).orFail().json());
      return;
    }
    Jsonl.Row secret = event.row("object");
    String name = secret.row("metadata").text("name");
    versions
        .computeIfAbsent(name, _ -> new ArrayList<>())
        .add(event.text("type").equals("DELETED") ? "gone" : value(secret));
    seenUpTo = secret.row("metadata").text("resourceVersion");
  }

  /** What changed while nobody looked; how often is in the audit log. */
  private void noteAll(Jsonl.Row list) {
    Map<String, String> now = new HashMap<>();
    for (Jsonl.Row secret : list.rows("items")) {
      now.put(secret.row("metadata").text("name"), value(secret));
    }
    now.forEach(
        (name, value) -> {
          List<String> before = versions.computeIfAbsent(name, _ -> new ArrayList<>());
          if (before.isEmpty() || !before.getLast().equals(value)) {
            before.add(value);
          }
        });
    versions.forEach(
        (name, before) -> {
          if (!now.containsKey(name)) {
            before.add("gone");
          }
        });
    seenUpTo = list.row("metadata").text("resourceVersion");
  }

  @Override
  public void close() {
    // Its watch ends with the control plane.
    closed = true;
  }
}
