package dev.signet.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signet.template.sprig.Bcrypt;
import dev.signet.template.sprig.Sprig;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Templates that would run for ever or eat all memory end in an error that names the limit. */
class TemplateLimitsTest {
  private static final Limits SMALL =
      new Limits(1_000_000, Duration.ofSeconds(60), 1 << 20, 16 << 20, 1000);

  private static TemplateException failure(String text, Functions functions, Limits limits)
      throws TemplateException {
    Template template = Template.parse("t", text, functions, Options.DEFAULT);
    Value data = Value.map(Map.of("text", Value.of("a".repeat(10_000))));
    TemplateException failure =
        catchThrowableOfType(
            TemplateException.class,
            () -> template.execute(data, limits, Template.Sources.system()));
    assertThat(failure).as(text).isNotNull();
    return failure;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '\0',
      textBlock =
          """
          STEPS  ~ {{range until 1000000000}}x{{end}}
          STEPS  ~ {{range 100000000000}}{{end}}
          STEPS  ~ {{untilStep -9223372036854775808 9223372036854775807 1}}
          MEMORY ~ {{until 1000000}}
          MEMORY ~ {{repeat 1000000000 "x"}}
          MEMORY ~ {{indent 1000000000 "x"}}
          MEMORY ~ {{$s := repeat 100000 "x"}}{{replace "x" $s $s}}
          MEMORY ~ {{$s := "x"}}{{range 64}}{{$s = print $s $s}}{{end}}
          MEMORY ~ {{$s := .text}}{{range 100000}}{{$s = cat $s "y"}}{{end}}
          MEMORY ~ {{printf "%1000000d%1000000d%1000000d%1000000d%1000000d%1000000d%1000000d%1000000d%1000000d%1000000d%1000000d%1000000d%1000000d%1000000d%1000000d%1000000d%1000000d" 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1}}
          MEMORY ~ {{randAlphaNum 1000000000}}
          MEMORY ~ {{randBytes 1000000000}}
          MEMORY ~ {{$l := list}}{{range 100000}}{{$l = append $l 1}}{{end}}
          STEPS  ~ {{$d := dict}}{{range 1000000}}{{$_ := set $d (toString .) 1}}{{end}}
          MEMORY ~ {{range 100}}{{$_ := chunk 1 (until 10000)}}{{end}}
          STEPS  ~ {{seq 1000000000}}
          MEMORY ~ {{regexReplaceAll "" .text .text}}
          MEMORY ~ {{split "" (repeat 1000000 "ab")}}
          MEMORY ~ {{wrapWith 1 .text .text}}
          MEMORY ~ {{$j := .text | toJson}}{{range 12}}{{$j = toJson (list $j $j)}}{{end}}
          OUTPUT ~ {{range 100000}}{{$.text}}{{end}}
          OUTPUT ~ {{define "a"}}{{.text}}{{template "b" .}}{{end}}{{define "b"}}{{.text}}{{template "a" .}}{{end}}{{template "a" .}}
          DEPTH  ~ {{define "a"}}{{template "a"}}{{end}}{{template "a"}}
          DEPTH  ~ {{template "t"}}
          NESTING ~ {{$l := list}}{{range 1000}}{{$l = list $l}}{{end}}{{$l}}
          NESTING ~ {{$l := list}}{{range 1000}}{{$l = list $l}}{{end}}{{toJson $l}}
          NESTING ~ {{$l := list}}{{range 1000}}{{$l = list $l}}{{end}}{{deepEqual $l (deepCopy $l)}}
          NESTING ~ {{$d := dict}}{{$_ := set $d "d" $d}}{{$d}}
          NESTING ~ {{$d := dict}}{{$_ := set $d "d" $d}}{{merge $d $d}}
          NESTING ~ {{fromJson (repeat 100000 "[")}}
          STEPS  ~ {{$l := list 1}}{{range 40}}{{$l = list $l $l}}{{end}}{{$l}}
          STEPS  ~ {{$l := list 1}}{{range 40}}{{$l = list $l $l}}{{end}}{{has 2 (list $l)}}{{deepEqual (list $l) (list (deepCopy $l))}}
          STEPS  ~ {{range 1000}}{{regexMatch "(a*)*(a*)*(a*)*b" $.text}}{{end}}
          STEPS  ~ {{range 1000}}{{$_ := uniq (until 2000)}}{{end}}
          STEPS  ~ {{range 100}}{{$_ := bcrypt "x"}}{{end}}
          STEPS  ~ {{range 100}}{{$_ := derivePassword 1 "long" "p" "u" "s"}}{{end}}
          STEPS  ~ {{range 100}}{{$_ := genPrivateKey "rsa"}}{{end}}
          """)
  void ends(Limits.Name limit, String text) throws TemplateException {
    assertThat(failure(text, Sprig.functions(), SMALL).limit()).as(text).contains(limit);
  }

  @Test
  void aHundredMegabytesOfOutputEndInTheOutputLimitOfTheDefaults() throws TemplateException {
    TemplateException failure =
        failure("{{range 10000}}{{$.text}}{{end}}", Sprig.functions(), Limits.DEFAULT);
    assertThat(failure)
        .hasMessage(
            "template: t:1:17: executing \"t\" at <{{$.text}}>: limit exceeded: output size"
                + " (8388608 bytes)");
  }

  @Test
  void bcryptOfCost31EndsBeforeItBegins() throws TemplateException {
    Functions functions =
        Functions.builder()
            .add(
                "bcryptCost",
                new Function(
                    Signature.of(GoType.STRING, GoType.INT),
                    (call, arguments) -> {
                      int cost = (int) ((Value.Int) arguments[0]).value();
                      return Value.of(Bcrypt.hash(call, new byte[] {1}, cost));
                    }))
            .build();
    assertThat(failure("{{bcryptCost 31}}", functions, Limits.DEFAULT).limit())
        .contains(Limits.Name.STEPS);
  }

  @Test
  void goItselfEndsRecursionAtAHundredThousand() throws TemplateException {
    TemplateException failure = failure("{{template \"t\"}}", Functions.NONE, Limits.DEFAULT);
    assertThat(failure).hasMessageEndingWith("exceeded maximum template depth (100000)");
    assertThat(failure.limit()).isEmpty();
  }

  @Test
  void timeIsLookedAtWhileStepsPass() {
    long[] now = {0};
    Limits limits = new Limits(1_000_000, Duration.ofNanos(100), 10, 10, 10);
    Meter meter = new Meter(limits, () -> now[0]);
    meter.steps(1000);
    now[0] = 101;
    assertThatThrownBy(() -> meter.steps(1000))
        .isInstanceOfSatisfying(
            LimitExceeded.class, e -> assertThat(e.limit()).isEqualTo(Limits.Name.TIME));
  }

  @Test
  void aChargeThatWouldOverflowTheCountIsRefused() {
    Meter meter = new Meter(Limits.DEFAULT, () -> 0);
    meter.steps(1);
    assertThatThrownBy(() -> meter.steps(Long.MAX_VALUE))
        .isInstanceOfSatisfying(
            LimitExceeded.class, e -> assertThat(e.limit()).isEqualTo(Limits.Name.STEPS));
  }

  @Test
  void actionsAndParenthesesNestOnlySoDeep() {
    for (String text :
        new String[] {
          "{{if 1}}".repeat(5000),
          "{{" + "(".repeat(5000),
          "{{if 1}}x{{else}}".repeat(5000),
          "{{if 1}}" + "{{else if 1}}".repeat(5000),
        }) {
      TemplateException failure =
          catchThrowableOfType(
              TemplateException.class,
              () -> Template.parse("t", text, Functions.NONE, Options.DEFAULT));
      assertThat(failure.limit()).contains(Limits.Name.NESTING);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "((a{100}){100}){100}",
    "(((a{9}){9}){9}){9}",
    "(a{1000}b{2}){2}",
    "a{1001}",
    "(?:x{50}){50}",
  })
  void repetitionsThatMultiplyAreRefusedLikeInGo(String regex) throws TemplateException {
    TemplateException failure =
        failure("{{mustRegexMatch \"" + regex + "\" .text}}", Sprig.functions(), Limits.DEFAULT);
    assertThat(failure).hasMessageContaining("invalid repeat count");
  }
}
