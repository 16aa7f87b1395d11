package dev.signet.template.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Hostile selectors and documents end in a limit error instead of time, memory or a stack. */
class SelectorLimitsTest {
  private static final int DEEP = 100_000;
  private static final byte[] NESTED = bytes("[".repeat(DEEP) + "]".repeat(DEEP));

  /** A tenth of the default, so that reaching it takes no time. */
  private static final SelectorLimits TIGHT = new SelectorLimits(500, 5_000_000, 2_000_000);

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void assertLimit(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SelectorException.class,
            e -> assertThat(e.reason()).isEqualTo(SelectorException.Reason.LIMIT));
  }

  @Test
  void gjsonPathsCannotExhaustTheStack() throws SelectorException {
    for (String path :
        List.of(
            "0" + ".0".repeat(DEEP),
            "@this" + "|@this".repeat(DEEP),
            "[".repeat(DEEP) + "]".repeat(DEEP),
            "#" + ".#".repeat(DEEP),
            "#(".repeat(DEEP) + ")".repeat(DEEP),
            "@flatten:{\"deep\":true}",
            "@pretty",
            "@dig:a")) {
      assertLimit(() -> Gjson.get(NESTED, path, TIGHT));
    }
    for (String path : List.of("@valid", "@ugly", "@this", "@values", "@reverse|0|@tostr")) {
      assertThat(Gjson.get(NESTED, path).exists()).as(path).isTrue();
    }
  }

  @Test
  void gjsonResultsCannotGrowWithoutBound() {
    byte[] document = bytes("{\"a\":\"0123456789\"}");
    assertLimit(() -> Gjson.get(document, "[@this,@this]" + "|[@this,@this]".repeat(40), TIGHT));
    assertLimit(() -> Gjson.get(document, "@tostr" + "|@tostr".repeat(60), TIGHT));
    assertLimit(
        () -> Gjson.get(document, "@pretty:{\"indent\":\"" + " ".repeat(3_000_000) + "\"}", TIGHT));
  }

  @Test
  void gjsonWorkIsBounded() throws SelectorException {
    byte[] text = bytes("[\"" + "a".repeat(100_000) + "\"]");
    assertThat(Gjson.get(text, "#(%\"" + "*a".repeat(500) + "*b\")").exists()).isFalse();
    assertLimit(() -> Gjson.get(text, "#(%\"" + "*" + "a".repeat(20_000) + "b*\")", TIGHT));
    byte[] wide = bytes("[" + "[1],".repeat(50_000) + "1]");
    assertLimit(() -> Gjson.get(wide, "[" + "#.0,".repeat(5_000) + "0]", TIGHT));
  }

  @Test
  void documentsCannotExhaustTheStack() {
    assertLimit(() -> Json.parse(NESTED));
    assertLimit(() -> Json.parse(bytes("{\"a\":".repeat(DEEP))));
  }

  @Test
  void jsonPathWorkIsBounded() throws SelectorException {
    Json nested = Json.parse(bytes("[".repeat(40) + "]".repeat(40)));
    for (String template :
        List.of(
            "{" + "[0,0]".repeat(39) + "}",
            "{range [0,0]}".repeat(39),
            "{range @}".repeat(DEEP),
            "{..[0,0,0]..[0,0,0]..[0,0,0]..[0,0,0]..[0,0,0]}")) {
      assertLimit(() -> KubeJsonPath.parse(template, TIGHT).print(nested, true));
    }
  }

  @Test
  void jmesPathExpressionsCannotExhaustTheStack() throws SelectorException {
    Json document = Json.parse(bytes("{\"a\":[1]}"));
    for (String expression :
        List.of(
            "(".repeat(DEEP),
            "!".repeat(DEEP) + "a",
            "[".repeat(DEEP),
            "{a:".repeat(DEEP),
            "a" + ".a".repeat(DEEP),
            "a" + "|a".repeat(DEEP),
            "a" + "[0]".repeat(DEEP),
            "abs(".repeat(DEEP),
            "`" + "[".repeat(DEEP) + "`",
            "[@]" + "|[@]".repeat(2_000))) {
      assertLimit(() -> JmesPath.parse(expression, TIGHT).search(document));
    }
  }

  @Test
  void jmesPathWorkAndResultsAreBounded() throws SelectorException {
    Json numbers = Json.parse(bytes("[" + "1,".repeat(3_000) + "1]"));
    for (String expression :
        List.of("@" + "|[@,@][]".repeat(60), "to_string(@)" + "|join('',[@,@])".repeat(60))) {
      assertLimit(() -> JmesPath.parse(expression, TIGHT).search(numbers));
    }
    Json shared = JmesPath.parse("[@,@]" + "|[@,@]".repeat(60)).search(numbers);
    assertLimit(() -> shared.encode(TIGHT));
    Json text =
        Json.parse(bytes("[\"" + "a".repeat(100_000) + "\",\"" + "a".repeat(50_000) + "b\"]"));
    assertLimit(() -> JmesPath.parse("contains([0], [1])", TIGHT).search(text));
  }

  @Test
  void limitsAreTheCallersChoice() throws SelectorException {
    byte[] document = bytes("{\"a\":{\"b\":[1,2,3]}}");
    assertThat(Gjson.get(document, "a.b.#", new SelectorLimits(10, 1_000, 100)).asLong())
        .isEqualTo(3);
    assertLimit(() -> Gjson.get(document, "a.b.#", new SelectorLimits(2, 1_000, 100)));
    assertLimit(() -> Gjson.get(document, "a.b.#", new SelectorLimits(10, 10, 100)));
    assertLimit(() -> Gjson.get(document, "@tostr", new SelectorLimits(10, 1_000, 10)));
    assertThatThrownBy(() -> new SelectorLimits(0, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
