package dev.signet.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signet.template.sprig.Sprig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Whatever the text, parsing and executing end in bytes or in a {@link TemplateException}. */
class TemplateFuzzTest {
  private static final Limits LIMITS =
      new Limits(20_000, Duration.ofSeconds(5), 1 << 16, 1 << 20, 100);
  private static final Functions CHEAP =
      Sprig.functions()
          .without(
              "genPrivateKey",
              "genCA",
              "genSelfSignedCert",
              "genSignedCert",
              "derivePassword",
              "bcrypt",
              "htpasswd");

  @FuzzTest
  void lexing(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    Lexer lexer = new Lexer(text, "{{", "}}", true, true);
    int position = 0;
    // Every token takes a byte or ends the text, but for a delimiter with its trim marker.
    for (int count = 0; count <= text.length() + 1; count++) {
      Token token = lexer.next();
      assertThat(token.position()).isBetween(position, text.length());
      position = token.position();
      if (token.kind() == Token.Kind.EOF || token.kind() == Token.Kind.ERROR) {
        return;
      }
    }
    throw new AssertionError("the lexer does not end");
  }

  @FuzzTest
  void parsing(FuzzedDataProvider fuzz) {
    byte[] text = fuzz.consumeRemainingAsBytes();
    try {
      assertThat(Template.parse("t", text, CHEAP, Options.DEFAULT)).isNotNull();
    } catch (TemplateException e) {
      assertThat(e).hasMessageStartingWith("template: t:");
    }
  }

  @FuzzTest
  void executing(FuzzedDataProvider fuzz) {
    Options.MissingKey missingKey = fuzz.pickValue(Options.MissingKey.values());
    byte[] text = fuzz.consumeRemainingAsBytes();
    Value data =
        Value.map(
            Map.of(
                "s", Value.of("héllo"),
                "n", Value.of(3),
                "f", Value.of(2.5),
                "l", Value.list(List.of(Value.of(1), Value.NIL, Value.of("x"))),
                "m", Value.map(Map.of("k", Value.of(true))),
                "b", Value.of(new byte[] {(byte) 0xFF, 0}),
                "nil", Value.NIL));
    Template.Sources sources =
        new Template.Sources(InstantSource.fixed(Instant.EPOCH), ZoneOffset.UTC, new Random(0));
    try {
      Template template = Template.parse("t", text, CHEAP, Options.DEFAULT.missingKey(missingKey));
      assertThat(template.execute(data, LIMITS, sources)).hasSizeLessThanOrEqualTo(1 << 16);
    } catch (TemplateException e) {
      assertThat(e).hasMessageStartingWith("template: t:");
    }
  }
}
