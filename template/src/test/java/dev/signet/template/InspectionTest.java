package dev.signet.template;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.template.sprig.Sprig;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InspectionTest {

  private static Inspection inspect(String text) {
    return Inspection.of("t", text.getBytes(UTF_8), Sprig.functions(), Options.DEFAULT);
  }

  private static String shown(List<Inspection.Use> uses) {
    StringBuilder shown = new StringBuilder();
    for (Inspection.Use use : uses) {
      shown.append(shown.isEmpty() ? "" : " ").append(use.name()).append(use.optional() ? "?" : "");
      shown.append(':').append(use.line()).append(':').append(use.column());
    }
    return shown.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          {{ .a }} {{ .b.c }} {{ $.d }}                       ~ a:1:3 b:1:12 d:1:24
          {{ .b.c.d | upper }}                                ~ b:1:3
          {{ index . "x-y" }}{{ index $ "z" 1 }}              ~ x-y:1:11 z:1:30
          {{ printf "%s" (index . "k") (.a | quote) }}        ~ k:1:24 a:1:30
          {{ range .list }}{{ .inner }}{{ $.outer }}{{ end }} ~ list:1:9 outer:1:33
          {{ with .w }}{{ .inner }}{{ else }}{{ .o }}{{ end }}~ w?:1:8 o:1:38
          {{ if .a }}{{ .a }}{{ end }}                        ~ a?:1:6 a?:1:14
          {{ .a | default "x" }}{{ coalesce .b "" }}          ~ a?:1:3 b?:1:34
          {{ define "t2" }}{{ .x }}{{ end }}{{ template "t2" .y }} ~ y:1:51
          {{ $v := .a }}{{ $v.b }}                            ~ a:1:9
          é{{ .é }}                                           ~ é:1:5
          {{ "text" }}{{ . }}                                 ~ ``
          """)
  void keysAreFoundWhereTheDotIsTheData(String text, String keys) {
    Inspection inspection = inspect(text);
    assertThat(inspection.error()).isEmpty();
    assertThat(shown(inspection.keys())).isEqualTo(keys);
  }

  @Test
  void everyUndefinedFunctionIsNamedAndWhatElseIsWrong() {
    Inspection inspection = inspect("{{ nope .a }}\n  {{ upper (nada 1) | nope }}");
    assertThat(shown(inspection.undefined())).isEqualTo("nope:1:3 nada:2:12 nope:2:22");
    assertThat(shown(inspection.keys())).isEqualTo("a:1:8");
    assertThat(inspection.error()).isEmpty();

    Inspection broken = inspect("{{ nope }}\n{{ .a ");
    assertThat(shown(broken.undefined())).isEqualTo("nope:1:3");
    assertThat(broken.keys()).isEmpty();
    assertThat(broken.error()).get().extracting(TemplateException::line).isEqualTo(2);
  }

  @Test
  void builtinFunctionsCanBeCalledToo() {
    assertThat(Inspection.callable(Functions.NONE)).contains("printf", "index").hasSize(19);
    assertThat(Builtins.NAMES).allSatisfy(name -> assertThat(Builtins.find(name)).isNotNull());
    assertThat(Inspection.callable(Sprig.functions())).contains("printf", "upper");
  }
}
