package dev.signet.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signet.template.sprig.Sprig;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TemplateTest {
  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.5Z");

  private static Template.Sources sources(ZoneId zone) {
    return new Template.Sources(InstantSource.fixed(NOW), zone, new Random(1));
  }

  private static String render(String text, Value data) throws TemplateException {
    Template template = Template.parse("t", text, Sprig.functions(), Options.DEFAULT);
    byte[] bytes = template.execute(data, Limits.DEFAULT, sources(ZoneOffset.UTC));
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void bytesThatAreNotUtf8SurviveFunctions() throws TemplateException {
    byte[] binary = {(byte) 0xFF, 0, (byte) 0x80, 'x'};
    Value data = Value.stringMap(Map.of("key", binary));
    Template template =
        Template.parse("t", "{{.key | b64enc | b64dec}}", Sprig.functions(), Options.DEFAULT);
    assertThat(template.execute(data, Limits.DEFAULT, sources(ZoneOffset.UTC))).isEqualTo(binary);
  }

  @Test
  void stringMapsAreNotMapsOfAnything() throws TemplateException {
    Value data = Value.stringMap(Map.of("a", new byte[] {'1'}));
    assertThat(render("{{typeOf .}} {{typeOf .a}}", data)).isEqualTo("map[string]string string");
    assertThatThrownBy(() -> render("{{hasKey . \"a\"}}", data))
        .hasMessageEndingWith(
            "wrong type for value; expected map[string]interface {}; got map[string]string");
  }

  @Test
  void clockZoneAndRandomnessAreTheCallers() throws TemplateException {
    Template template =
        Template.parse(
            "t",
            "{{now}} {{now | date \"15:04 MST\"}} {{ago 1772600000}} {{randAlphaNum 8}} {{uuidv4}}",
            Sprig.functions(),
            Options.DEFAULT);
    byte[] first = template.execute(Value.NIL, Limits.DEFAULT, sources(ZoneId.of("Asia/Tokyo")));
    byte[] second = template.execute(Value.NIL, Limits.DEFAULT, sources(ZoneId.of("Asia/Tokyo")));
    assertThat(first).isEqualTo(second);
    assertThat(new String(first, StandardCharsets.UTF_8))
        .startsWith("2026-03-04 14:06:07.5 +0900 JST 14:06 JST ");
  }

  @Test
  void errorsSayWhere() {
    TemplateException failure =
        catchThrowableOfType(
            TemplateException.class,
            () -> render("one\ntwo {{ .a.b }}", Value.map(Map.of("a", Value.of(1)))));
    assertThat(failure)
        .hasMessage(
            "template: t:2:9: executing \"t\" at <.a.b>: can't evaluate field b in type interface"
                + " {}");
    assertThat(failure.phase()).isEqualTo(TemplateException.Phase.EXECUTE);
    assertThat(failure.line()).isEqualTo(2);
    assertThat(failure.column()).isEqualTo(9);
    assertThat(failure.detail()).isEqualTo("can't evaluate field b in type interface {}");
  }

  @Test
  void errorsOfFunctionsCanBeToldWithoutValues() {
    Value data = Value.map(Map.of("a", Value.of("s3cr3t")));
    Map<String, String> messages =
        Map.of(
            "{{ fail .a }}", "1:3: executing \"t\" at <fail .a>: error calling fail",
            "{{ range .a }}{{ end }}",
                "1:9: executing \"t\" at <.a>: range can't iterate over a value of type string",
            "{{ range $i, $c := len .a }}{{ end }}",
                "1:23: executing \"t\" at <.a>: can't use a number to iterate over more than one"
                    + " variable",
            "{{ .a.b }}",
                "1:5: executing \"t\" at <.a.b>: can't evaluate field b in type interface {}",
            "{{ nope }}", "1: function \"nope\" not defined");
    messages.forEach(
        (text, message) ->
            assertThat(
                    catchThrowableOfType(TemplateException.class, () -> render(text, data))
                        .messageWithoutValues())
                .isEqualTo("template: t:" + message));
  }

  @Test
  void parseErrorsSayTheLine() {
    TemplateException failure =
        catchThrowableOfType(TemplateException.class, () -> render("one\n{{nope}}", Value.NIL));
    assertThat(failure).hasMessage("template: t:2: function \"nope\" not defined");
    assertThat(failure.phase()).isEqualTo(TemplateException.Phase.PARSE);
    assertThat(failure.line()).isEqualTo(2);
    assertThat(failure.column()).isEqualTo(-1);
  }

  @Test
  void maskedOutputShowsTheTextAndTheShapeOnly() throws TemplateException {
    Template template =
        Template.parse(
            "t",
            "a={{ .a }} {{ $x := .a }}{{ range .l }}<{{ . | b64enc }}>{{ end }}"
                + "{{ define \"n\" }}[{{ . }}]{{ end }}{{ template \"n\" .a }}{{ len .a }}\n",
            Sprig.functions(),
            Options.DEFAULT);
    Value data =
        Value.map(
            Map.of(
                "a", Value.of("s3cr3t"), "l", Value.list(List.of(Value.of("x"), Value.of("y")))));
    byte[] masked = template.executeMasked(data, "•", Limits.DEFAULT, sources(ZoneOffset.UTC));
    assertThat(new String(masked, StandardCharsets.UTF_8)).isEqualTo("a=• <•><•>[•]•\n");
  }

  @Test
  void delimitersCanBeOthers() throws TemplateException {
    Template template =
        Template.parse(
            "t", "{{a}} [[ .x -]]  !", Functions.NONE, Options.DEFAULT.delimiters("[[", "]]"));
    Value data = Value.map(Map.of("x", Value.of(true)));
    assertThat(template.execute(data, Limits.DEFAULT, sources(ZoneOffset.UTC)))
        .isEqualTo("{{a}} true!".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void functionsOfTheCallerTakeTheTypesTheyDeclare() throws TemplateException {
    Function join =
        new Function(
            Signature.variadic(GoType.STRING, GoType.STRING, GoType.INT),
            (call, arguments) -> {
              StringBuilder text = new StringBuilder(((Str) arguments[0]).utf8());
              for (Value argument : List.of(arguments).subList(1, arguments.length)) {
                text.append('/').append(((Value.Int) argument).value());
              }
              return Value.of(text.toString());
            });
    Functions functions = Sprig.functions().with(Functions.builder().add("path", join).build());
    Template template = Template.parse("t", "{{3 | path \"é\" 1 2}}", functions, Options.DEFAULT);
    assertThat(template.execute(Value.NIL, Limits.DEFAULT, sources(ZoneOffset.UTC)))
        .isEqualTo("é/1/2/3".getBytes(StandardCharsets.UTF_8));
    Template wrong = Template.parse("t", "{{path 1}}", functions, Options.DEFAULT);
    assertThatThrownBy(() -> wrong.execute(Value.NIL, Limits.DEFAULT, sources(ZoneOffset.UTC)))
        .hasMessageEndingWith("at <1>: expected string; found 1");
  }

  @Test
  void functionsInDataCanBeCalled() throws TemplateException {
    Function twice =
        new Function(
            Signature.of(GoType.INT, GoType.INT),
            (call, arguments) -> Value.of(2 * ((Value.Int) arguments[0]).value()));
    Value data = Value.map(Map.of("twice", twice));
    assertThat(render("{{call .twice 21}}", data)).isEqualTo("42");
    assertThatThrownBy(() -> render("{{call .twice}}", data))
        .hasMessageEndingWith("error calling call: wrong number of args for .twice: got 0 want 1");
    assertThatThrownBy(() -> render("{{.twice}}", data))
        .hasMessageEndingWith("can't print {{.twice}} of type func(int) int");
  }

  @Test
  void aFunctionCanReplaceAKeyword() throws TemplateException {
    Function text = new Function(Signature.of(GoType.STRING), (call, arguments) -> Value.of("!"));
    Functions functions = Functions.builder().add("break", text).build();
    Template template = Template.parse("t", "{{break}}", functions, Options.DEFAULT);
    assertThat(template.execute(Value.NIL, Limits.DEFAULT, sources(ZoneOffset.UTC)))
        .isEqualTo(new byte[] {'!'});
  }

  @Test
  void valuesDoNotShowTheirBytes() {
    assertThat(Value.of("secret").toString()).isEqualTo("Str[6 bytes]");
    assertThat(Value.map(Map.of("k", Value.of("secret"))).toString()).doesNotContain("secret");
    assertThat(Value.list(List.of(Value.of("secret"))).toString()).doesNotContain("secret");
  }

  @Test
  void slicesOfGoShareTheirArray() throws TemplateException {
    Value data = Value.NIL;
    Template template =
        Template.parse(
            "t",
            "{{$s := slice (slice (print \"x\") 0 1)}}{{$s}}{{slice \"abcdef\" 1 3}}",
            Functions.NONE,
            Options.DEFAULT);
    assertThat(template.execute(data, Limits.DEFAULT, sources(ZoneOffset.UTC)))
        .isEqualTo("xbc".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void setChangesTheDataItIsGiven() throws TemplateException {
    Dict data = (Dict) Value.map(Map.of("a", Value.of(1)));
    assertThat(render("{{$_ := set . \"b\" 2}}{{.b}}", data)).isEqualTo("2");
    assertThat(data.keys()).containsExactly("a", "b");
  }

  @Test
  void timesBeyondTheCalendarAreItsFirstAndLastDay() throws TemplateException {
    String date = "{{(toDate \"2006-01-02\" \"2020-02-29\").AddDate";
    assertThat(render("{{htmlDate 9223372036854775807}}", Value.NIL)).isEqualTo("999999999-12-30");
    assertThat(render("{{htmlDate -9223372036854775808}}", Value.NIL))
        .isEqualTo("-999999999-01-02");
    assertThat(render(date + " 9223372036854775807 0 0 | htmlDate}}", Value.NIL))
        .isEqualTo("999999999-12-30");
    assertThat(render(date + " 0 -9223372036854775808 0 | htmlDate}}", Value.NIL))
        .isEqualTo("-999999999-01-02");
  }
}
