package dev.signet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.signet.core.sealing.KeyOrder;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.MalformedKeyException;
import dev.signet.core.sealing.SealingKey;
import dev.signet.dialects.sealedsecrets.SentSecrets;
import dev.signet.operator.SealingEndpoints;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code reseal} and {@code verify} without private keys: the endpoints of the operator have them,
 * at a URL. Of the two keys the one of 4096 bits is the newest. {@link KubesealClusterTest} goes
 * through a real API server.
 */
class ThroughControllerTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int FAST = 1000;

  @TempDir Path folder;

  private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());
  private final List<AutoCloseable> open = new ArrayList<>();
  private Shell shell = new Shell(Path.of(""));
  private String url = "";

  @BeforeEach
  void twoKeys() {
    shell = new Shell(folder).at(Instant.parse("2027-01-01T00:00:00Z"));
    for (String file : List.of("key.pem", "key4096.pem", "cert.pem", "cert4096.pem")) {
      shell.write("keys/" + file, Shell.resource("kubeseal/files/" + file));
    }
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private void serve(SentSecrets.Rotation rotation, int rate) throws Exception {
    KeyRing ring =
        KeyRing.of(
            List.of(key("old", "key.pem", "cert.pem"), key("new", "key4096.pem", "cert4096.pem")),
            KeyOrder.CERTIFICATE_NOT_BEFORE);
    SealingEndpoints endpoints =
        new SealingEndpoints(
            () -> ring,
            SealingEndpoints.Terms.DEFAULT
                .withRate(rate, rate)
                .withSent(new SentSecrets(rotation, /* acceptDeprecated= */ true, 1024)),
            RANDOM,
            (path, code, method, took) -> {});
    open.add(endpoints);
    serve(endpoints);
  }

  private static SealingKey key(String name, String key, String certificate)
      throws MalformedKeyException {
    return SealingKey.read(
        name,
        Instant.EPOCH,
        Shell.resource("kubeseal/files/" + certificate).getBytes(UTF_8),
        Shell.resource("kubeseal/files/" + key).getBytes(UTF_8));
  }

  private void serve(HttpHandler handler) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          bodies.add(exchange.getRequestURI() + " " + new String(body, UTF_8));
          exchange.setStreams(new ByteArrayInputStream(body), null);
          handler.handle(exchange);
        });
    server.start();
    open.add(() -> server.stop(0));
    open.add(threads);
    url = "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private String old(String name, String... values) {
    return shell.seal("cert.pem", name, "strict", values);
  }

  private Shell.Result signet(String command, String... more) {
    return shell.signet(
        Stream.concat(Stream.of(command, "tree", "--controller-url", url), Arrays.stream(more))
            .toArray(String[]::new));
  }

  /** Which controller it was is said first. */
  private void failed(Shell.Result result, int code, String message) {
    assertThat(result.code()).as("%s%s", result.out(), result.err()).isEqualTo(code);
    assertThat(result.err())
        .startsWith("controller: " + url + "\n")
        .contains("error: ")
        .contains(message)
        .doesNotContain("Exception");
  }

  private String opened(String file, String key) {
    return shell.signet("unseal", "-f", file, "--private-key", "keys/" + key).succeeded().out();
  }

  private static String withoutCiphertexts(String text) {
    return ResealTest.CIPHERTEXT.matcher(text).replaceAll("-");
  }

  @Test
  void onlyCiphertextsChangeAndASecondRunChangesNothing() throws Exception {
    serve(SentSecrets.Rotation.KEEP, FAST);
    String before =
        "# kept\n"
            + old("db", "one", "two")
                .replace(
                    "  template:\n", "  template: # why\n    data:\n      url: x{{ .item0 }}\n");
    shell.write("tree/db.yaml", before);
    shell.write("tree/new.yaml", shell.seal("cert4096.pem", "new", "strict", "v"));
    String value = opened("tree/db.yaml", "key.pem");

    failed(signet("reseal", "--check"), 1, "1 file not sealed with the newest key");
    assertThat(signet("reseal", "--dry-run").succeeded().out())
        .contains("production/db: item0: would be sealed anew\n")
        .contains("2 items in 1 file would be sealed with SHA256:")
        .contains(", 1 there already");
    assertThat(shell.read("tree/db.yaml")).isEqualTo(before);

    Shell.Result result = signet("reseal").succeeded();
    assertThat(result.out()).contains("2 items in 1 file sealed with");
    assertThat(result.err()).isEqualTo("controller: " + url + "\n");
    String after = shell.read("tree/db.yaml");
    assertThat(withoutCiphertexts(after)).isEqualTo(withoutCiphertexts(before));
    assertThat(after).isNotEqualTo(before);
    assertThat(opened("tree/db.yaml", "key4096.pem")).isEqualTo(value);

    assertThat(signet("reseal").succeeded().out())
        .startsWith("0 items in 0 files sealed with")
        .contains("3 there already");
    signet("reseal", "--check").succeeded();
    assertThat(shell.read("tree/db.yaml")).isEqualTo(after);
    assertThat(bodies.stream().map(ThroughControllerTest::withoutCiphertexts))
        .as("what the controller was shown")
        .isNotEmpty()
        .noneMatch(body -> body.contains("url") || body.contains("Opaque"));
  }

  @Test
  void everyScopeIsKept() throws Exception {
    serve(SentSecrets.Rotation.KEEP, FAST);
    for (String scope : List.of("strict", "namespace-wide", "cluster-wide")) {
      shell.write("tree/" + scope + ".yaml", shell.seal("cert.pem", scope, scope, "v"));
    }
    signet("reseal").succeeded();
    for (String scope : List.of("strict", "namespace-wide", "cluster-wide")) {
      opened("tree/" + scope + ".yaml", "key4096.pem");
      shell.write(
          "moved.yaml",
          shell.read("tree/" + scope + ".yaml").replace("name: " + scope, "name: other"));
      assertThat(
              shell
                  .signet("unseal", "-f", "moved.yaml", "--private-key", "keys/key4096.pem")
                  .code())
          .as(scope)
          .isEqualTo(scope.equals("strict") ? 1 : 0);
    }
  }

  @Test
  void whatDoesNotOpenIsNamedAndItsFileStaysAsItIs() throws Exception {
    serve(SentSecrets.Rotation.KEEP, FAST);
    String bad = old("bad", "v", "w");
    String foreign = ResealTest.ciphertext(old("other", "x"), "item0");
    bad = bad.replace(ResealTest.ciphertext(bad, "item1"), foreign);
    shell.write("tree/bad.yaml", bad);
    shell.write("tree/good.yaml", old("good", "v"));
    Shell.Result result = signet("reseal");
    failed(result, 3, "1 file of 2 left as they are");
    assertThat(result.out())
        .contains("production/bad: item0: left as it is: another item of the object does not open")
        .contains("production/bad: item1: left as it is: the controller does not open it under")
        .contains("1 item in 1 file sealed with");
    assertThat(shell.read("tree/bad.yaml")).isEqualTo(bad);
    opened("tree/good.yaml", "key4096.pem");
  }

  @Test
  void aControllerThatSealsEverythingAnewIsSaidToAndLosesNothing() throws Exception {
    serve(SentSecrets.Rotation.UPSTREAM, FAST);
    String before =
        old("db", "one")
            .replace("  template:\n", "  template:\n    data:\n      url: x{{ .item0 }}\n");
    shell.write("tree/db.yaml", before);
    shell.write("tree/new.yaml", shell.seal("cert4096.pem", "new", "strict", "v"));

    Shell.Result check = signet("reseal", "--check");
    failed(check, 1, "this controller seals every item anew, so what is stale cannot be told");
    assertThat(shell.read("tree/db.yaml")).isEqualTo(before);

    Shell.Result result = signet("reseal").succeeded();
    assertThat(result.out()).contains("2 items in 2 files sealed with");
    assertThat(result.err()).contains("note: this controller seals every item anew");
    assertThat(withoutCiphertexts(shell.read("tree/db.yaml")))
        .isEqualTo(withoutCiphertexts(before));
    opened("tree/db.yaml", "key4096.pem");
  }

  /** Two a second are let through: who is told to come again later does. */
  @Test
  void manyFilesSucceedUnderTheRateLimit() throws Exception {
    serve(SentSecrets.Rotation.KEEP, 2);
    for (int i = 0; i < 6; i++) {
      shell.write("tree/" + i + ".yaml", old("db" + i, "v"));
    }
    assertThat(signet("reseal").succeeded().out()).contains("6 items in 6 files sealed with");
  }

  /** {@code @} is the ciphertext that was sent. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          200 | {"spec":{"encryptedData":{"other":"@"}}}            | the controller's reply has other items
          200 | {"spec":{"encryptedData":{"item0":"@","x":"@"}}}    | the controller's reply has other items
          200 | {"spec":{"encryptedData":{}}}                       | the controller's reply has other items
          200 | {"spec":{"encryptedData":{"item0":"AgA="}}}         | cannot be the same value on its newest key
          200 | {"spec":{"encryptedData":{"item0":""}}}             | cannot be the same value on its newest key
          200 | {"spec":{"encryptedData":{"item0":"AAAA"}}}         | cannot be the same value on its newest key
          200 | {"spec":{"encryptedData":{"item0":"?"}}}            | illegal base64
          200 | [                                                   | the controller: the controller's reply
          200 | {"a":1}{"b":2}                                      | is not one SealedSecret
          404 | nothing here                                        | could not find the requested resource
          418 |                                                     | the status code 418
          """)
  void aReplyThatCannotBeRightChangesNothing(int code, String reply, String reason)
      throws IOException {
    String before = old("db", "v");
    String sent = ResealTest.ciphertext(before, "item0");
    serve(
        exchange -> {
          boolean certificate = exchange.getRequestURI().getPath().endsWith("cert.pem");
          answer(
              exchange,
              certificate ? 200 : code,
              certificate
                  ? Shell.resource("kubeseal/files/cert4096.pem")
                  : reply == null ? "" : reply.replace("@", sent));
        });
    shell.write("tree/db.yaml", before);
    Shell.Result result = signet("reseal");
    failed(result, 3, "1 file of 1 left as they are");
    assertThat(result.out()).contains(reason);
    assertThat(shell.read("tree/db.yaml")).isEqualTo(before);
  }

  private static void answer(HttpExchange exchange, int code, String text) throws IOException {
    byte[] body = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"reseal", "verify"})
  void aControllerThatIsNotThereIsAnError(String command) throws Exception {
    serve(SentSecrets.Rotation.KEEP, FAST);
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    shell.write("tree/db.yaml", old("db", "v"));
    Shell.Result result = signet(command);
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("error: the controller").contains("connection refused");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          reseal tree --controller-url here                          | --controller-url here is no address
          reseal tree --controller-url ftp://here                    | --controller-url ftp://here is no address
          reseal tree --controller-url http://x --keys keys/key.pem  | the controller has its own keys
          reseal tree --controller-url http://x --cert keys/cert.pem | the controller has its own keys
          verify tree --controller-url http://x --keys keys/key.pem  | either the keys open the items
          """)
  void whatContradictsItselfIsRefused(String command, String message) {
    shell.write("tree/db.yaml", old("db", "v"));
    shell.signet(command.split(" ", -1)).failed(2, message);
  }

  @Test
  void verifyNamesTheItemsThatTheControllerDoesNotOpen() throws Exception {
    serve(SentSecrets.Rotation.KEEP, FAST);
    shell.write("tree/good.yaml", old("good", "v", "w"));
    assertThat(signet("verify").succeeded().out())
        .contains("0 errors")
        .contains("every item was opened in memory, or is named");

    String bad = old("bad", "v", "w");
    shell.write(
        "tree/bad.yaml",
        bad.replace(
            ResealTest.ciphertext(bad, "item1"),
            ResealTest.ciphertext(old("other", "x"), "item0")));
    shell.write("tree/moved.yaml", old("moved", "v").replace("production", "staging"));
    Shell.Result result = signet("verify");
    failed(result, 1, "found 2 errors");
    assertThat(result.out())
        .contains("the controller does not open it as strict for production/bad [cannot-open]")
        .contains("the controller does not open it as strict for staging/moved [cannot-open]");
    assertThat(result.out().lines().filter(line -> line.contains("[cannot-open]")))
        .hasSize(2)
        .noneMatch(line -> line.contains("item0: ") && line.contains("bad.yaml"));
  }

  @Test
  void verifyFailsWhereTheControllerGivesNoAnswer() throws IOException {
    serve(exchange -> answer(exchange, 404, "nothing here"));
    shell.write("tree/db.yaml", old("db", "v"));
    Shell.Result result = signet("verify");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("error: the controller did not answer for all items");
  }
}
