package dev.signet.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.yaml.MalformedDocumentException.Kind;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReadLimitsTest {

  private static final ReadLimits SMALL = new ReadLimits(1 << 20, 3, 10, 1000, 200);

  static Stream<Arguments> excesses() {
    String laughs =
        """
        a: &a [x,x,x,x,x,x,x,x,x]
        b: &b [*a,*a,*a,*a,*a,*a,*a,*a]
        c: &c [*b,*b,*b,*b,*b,*b]
        d: &d [*c,*c,*c,*c,*c,*c]
        e: &e [*d,*d,*d,*d,*d,*d]
        f: [*e,*e,*e,*e,*e,*e]
        """;
    String merges = "a: &a {b: 1, c: 2, d: 3, e: 4, f: 5}\n";
    for (int i = 0; i < 60; i++) {
      merges += "k" + i + ": {<<: *a}\n";
    }
    return Stream.of(
        Arguments.of(laughs, "aliases expand to more values than the limit of 200"),
        Arguments.of(merges, "aliases expand to more values than the limit of 200"),
        Arguments.of(
            "a: &a \"" + "x".repeat(3000) + "\"\nb: [*a, *a, *a]\n",
            "aliases expand to more values than the limit of 200"),
        Arguments.of("a: " + "[".repeat(11), "nested deeper than the limit of 10"),
        Arguments.of("a: " + "[".repeat(100_000), "nested deeper than the limit of 10"),
        Arguments.of("- ".repeat(100_000), "nested deeper than the limit of 10"),
        Arguments.of("? ".repeat(100_000), "nested deeper than the limit of 10"),
        Arguments.of("{\"a\":" + "[".repeat(100_000), "nested deeper than the limit of 10"),
        Arguments.of("a: [" + "1,".repeat(1001) + "]", "more values than the limit of 1000"),
        Arguments.of("{\"a\": [" + "1,".repeat(1001) + "1]}", "more values than the limit of 1000"),
        Arguments.of("a: 1\n---\n".repeat(4), "more documents than the limit of 3"),
        Arguments.of("{\"a\":1}".repeat(4), "more documents than the limit of 3"),
        Arguments.of("x".repeat((1 << 20) + 1), "more bytes than the limit of 1048576"),
        Arguments.of(
            "{\"a\":" + "1".repeat(1001) + "}", "a number has more digits than the limit of 1000"));
  }

  @ParameterizedTest
  @MethodSource("excesses")
  void everyExcessEndsTheInputWithTheNameOfItsLimit(String input, String problem) {
    DocumentReader reader =
        Documents.reader(Vectors.bytes(input), "f", SMALL, DuplicateKeys.LAST_WINS);

    assertThatThrownBy(
            () -> {
              while (reader.next().isPresent()) {
                // On to the one that is too much.
              }
            })
        .isInstanceOfSatisfying(
            MalformedDocumentException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(Kind.LIMIT);
              assertThat(e.problem()).isEqualTo(problem);
            });
    assertThat(next(reader)).isEmpty();
  }

  @Test
  void aliasesOfAllDocumentsCountTogether() {
    String document = "a: &a [1,1,1,1,1,1,1,1,1]\nb: [*a,*a,*a,*a,*a]\n---\n";
    ReadLimits limits = new ReadLimits(1 << 20, 1000, 10, 1 << 20, 200);

    assertThatThrownBy(
            () ->
                Documents.read(
                    Vectors.bytes(document.repeat(10)), "f", limits, DuplicateKeys.LAST_WINS))
        .hasMessageContaining("aliases expand");
  }

  @Test
  void theDefaultsStopTheLaughsToo() {
    StringBuilder laughs = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 12; i++) {
      laughs.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(10)));
    }

    assertThatThrownBy(
            () ->
                Documents.read(
                    Vectors.bytes(laughs.toString()),
                    "f",
                    ReadLimits.DEFAULT,
                    DuplicateKeys.LAST_WINS))
        .hasMessage("f: aliases expand to more values than the limit of 400000");
  }

  @Test
  void limitsMustBeReachable() {
    assertThatThrownBy(() -> new ReadLimits(0, 1, 1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ReadLimits(1, 1, 1001, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Optional<Document> next(DocumentReader reader) {
    try {
      return reader.next();
    } catch (MalformedDocumentException e) {
      throw new AssertionError(e);
    }
  }
}
