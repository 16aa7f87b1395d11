package dev.signet.kube;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.kube.Failures.Asked;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailuresTest {

  private static final Asked GET = new Asked("get", "Secret team/db", "secrets", "", "team", false);
  private static final Asked UPDATE =
      new Asked("update", "Secret team/db", "secrets", "", "team", true);

  private static ObjectsException failure(Asked asked, int code, String message) {
    byte[] body = Json.write(Map.of("kind", "Status", "message", message));
    return Failures.of(asked, code, body, Duration.ofSeconds(7));
  }

  @ParameterizedTest
  @CsvSource({
    "400, Denied", "401, Denied", "403, Denied", "404, NotFound", "408, Unreachable",
    "409, Conflict", "410, NotFound", "413, Denied", "415, Malformed", "422, Denied",
    "429, Throttled", "500, Unreachable", "503, Unreachable", "504, Unreachable"
  })
  void eachCodeHasItsProblem(int code, String problem) {
    assertThat(failure(GET, code, "").problem().getClass().getSimpleName()).isEqualTo(problem);
    assertThat(failure(GET, code, "")).hasMessageStartingWith("cannot get Secret team/db: ");
  }

  @Test
  void throttlingKeepsItsTime() {
    assertThat(failure(GET, 429, "").problem())
        .isEqualTo(new Problem.Throttled(Duration.ofSeconds(7)));
    assertThat(failure(GET, 429, "")).hasMessageEndingWith("ask again in 7 s");
  }

  @Test
  void whatRbacLacksIsNamed() {
    String said =
        "secrets \"db\" is forbidden: User \"system:serviceaccount:a:b\" cannot update resource"
            + " \"secrets\" in API group \"\" in the namespace \"team\"";
    assertThat(failure(UPDATE, 403, said))
        .hasMessage(
            "cannot update Secret team/db: system:serviceaccount:a:b may not update secrets in"
                + " namespace team; a role has to grant the verb \"update\" on \"secrets\"");
    Asked status =
        new Asked("update", "the status of X a/b", "xs/status", "example.org", "a", false);
    String other =
        "xs.example.org \"b\" is forbidden: User \"u\" cannot update resource \"xs/status\" in API"
            + " group \"example.org\" in the namespace \"a\"";
    assertThat(failure(status, 403, other))
        .hasMessageEndingWith("the verb \"update\" on \"xs/status\" in group \"example.org\"");
  }

  @Test
  void immutabilityIsToldInTheServersWords() {
    assertThat(
            failure(
                UPDATE,
                422,
                "Secret \"db\" is invalid: data: Forbidden: field is immutable when `immutable` is"
                    + " set"))
        .hasMessageEndingWith("field is immutable when `immutable` is set");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Secret \"db\" is invalid: data[k]: Invalid value: \"canary\": too long",
        "Secret \"db\" is invalid: data[k]: Invalid value: \"a \\\"canary\\\" b\": too long",
        "Secret \"db\" is invalid: x: Invalid value: {canary}: too long",
        "admission webhook \"policy.example.org\" denied the request: canary is weak",
      })
  void ofAWriteNoValueIsQuoted(String said) {
    for (int code : new int[] {400, 403, 422, 500}) {
      assertThat(failure(UPDATE, code, said)).message().doesNotContain("canary");
    }
  }

  @Test
  void decodersOftenQuoteTheirInput() {
    assertThat(
            failure(
                UPDATE,
                400,
                "Secret in version \"v1\" cannot be handled as a Secret: error found in #10 byte of"
                    + " ...|canary|..."))
        .hasMessage("cannot update Secret team/db: it is refused (400)");
    assertThat(
            failure(UPDATE, 403, "admission webhook \"policy.example.org\" denied the request: x"))
        .hasMessage(
            "cannot update Secret team/db: admission webhook \"policy.example.org\" denied the"
                + " request");
  }

  @Test
  void whatIsNoStatusIsNotQuoted() {
    assertThat(Failures.of(GET, 502, "<html>bad gateway".getBytes(UTF_8), Duration.ZERO))
        .hasMessage("cannot get Secret team/db: the API server failed (502)");
  }

  @Test
  void aLongMessageIsCut() {
    assertThat(failure(GET, 500, "x".repeat(100_000)).getMessage().length()).isLessThan(1200);
  }

  @Test
  void connectionsThatFailSayWhatToDo() {
    assertThat(Failures.unreachable(GET, "https://a", new IOException("Connection refused")))
        .hasMessage(
            "cannot get Secret team/db: cannot reach https://a: connection refused; check the"
                + " address, the proxy and whether the API server runs");
  }
}
