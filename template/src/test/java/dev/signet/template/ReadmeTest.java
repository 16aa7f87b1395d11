package dev.signet.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.template.sprig.Sprig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What the README shows compiles and does what it says; the functions it lists are those there are.
 */
class ReadmeTest {
  private static final Path README = Path.of("README.md");
  private static final Path SOURCE = Path.of("src/test/java/dev/signet/template/ReadmeTest.java");

  private static byte[] example() throws TemplateException {
    // example begins
    Template template =
        Template.parse(
            "app.conf",
            "{{ range $name, $port := .ports }}{{ $name | upper }}={{ $port }}\n{{ end }}",
            Sprig.functions(),
            Options.DEFAULT.missingKey(Options.MissingKey.ERROR));
    Value data =
        Value.map(Map.of("ports", Value.map(Map.of("http", Value.of(80), "https", Value.of(443)))));
    byte[] output = template.execute(data, Limits.DEFAULT, Template.Sources.system());
    // example ends
    return output;
  }

  @Test
  void theExampleRenders() throws TemplateException {
    assertThat(example()).isEqualTo("HTTP=80\nHTTPS=443\n".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theReadmeShowsTheExample() throws IOException {
    String source = Files.readString(SOURCE);
    int begin = source.indexOf("// example begins\n") + "// example begins\n".length();
    String example =
        source
            .substring(begin, source.indexOf("    // example ends", begin))
            .lines()
            .map(line -> line.substring(4))
            .collect(Collectors.joining("\n", "```java\n", "\n```"));
    assertThat(Files.readString(README)).contains(example);
  }

  @Test
  void theReadmeListsEveryFunction() throws IOException {
    String readme = Files.readString(README);
    assertThat(Sprig.functions().names())
        .hasSize(208)
        .allSatisfy(name -> assertThat(readme).contains("`" + name + "`"))
        .doesNotContain("env", "expandenv", "getHostByName");
  }
}
