package dev.signet.deploy;

import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.Peer;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.GoJson;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The chart of this repository, rendered by the real helm. */
final class Chart {

  static final Path FOLDER = Path.of("chart", "signet").toAbsolutePath();
  static final String RELEASE = "signet";
  static final String NAMESPACE = "signet-system";

  private Chart() {}

  /** One rendered object. */
  record Rendered(Jsonl.Row tree) {

    String kind() {
      return tree.text("kind");
    }

    String name() {
      return tree.row("metadata").text("name");
    }

    String namespace() {
      return tree.row("metadata").optionalText("namespace").orElse("");
    }

    String json() {
      return GoJson.write(tree.fields(), GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN);
    }

    @Override
    public String toString() {
      return kind() + " " + (namespace().isEmpty() ? "" : namespace() + "/") + name();
    }
  }

  static Ran helm(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(Peer.HELM.needed().toString()));
    command.addAll(List.of(arguments));
    Path home = Files.createTempDirectory("helm-");
    try {
      return Ran.in(home, Map.of("HOME", home.toString()), command);
    } finally {
      deleteTree(home);
    }
  }

  /** What helm says to values, which are passed as a file as users do. */
  static Ran template(
      Path chart, String release, String namespace, Map<String, @Nullable Object> values)
      throws IOException {
    Path folder = Files.createTempDirectory("values-");
    try {
      Path file = folder.resolve("values.json");
      Files.writeString(file, GoJson.write(values, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN));
      return Ran.in(
          folder,
          // A process that ends after 50 ms has no need to collect anything.
          Map.of("HOME", folder.toString(), "GOGC", "off"),
          List.of(
              Peer.HELM.needed().toString(),
              "template",
              release,
              chart.toString(),
              "--namespace=" + namespace,
              "--kube-version=1.34.0",
              "--values=" + file));
    } finally {
      deleteTree(folder);
    }
  }

  /** The text that helm renders for a namespace, with settings as {@code --set} takes them. */
  static Ran template(String namespace, String... settings) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("template", RELEASE, FOLDER.toString(), "--kube-version=1.34.0"));
    arguments.add("--namespace=" + namespace);
    Stream.of(settings).forEach(setting -> arguments.add("--set=" + setting));
    return helm(arguments.toArray(String[]::new));
  }

  static List<Rendered> render(String namespace, String... settings) throws IOException {
    return parse(template(namespace, settings).orFail().out());
  }

  static List<Rendered> parse(String yaml) throws IOException {
    try {
      List<Rendered> objects = new ArrayList<>();
      for (Document document :
          Documents.read(
              yaml.getBytes(StandardCharsets.UTF_8),
              "the rendered chart",
              ReadLimits.DEFAULT,
              DuplicateKeys.REJECTED)) {
        objects.add(new Rendered(new Jsonl.Row(document.tree())));
      }
      return objects;
    } catch (MalformedDocumentException e) {
      throw new IOException("helm rendered no YAML: " + yaml, e);
    }
  }

  static void deleteTree(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(java.util.Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
