package dev.signet.cli;

import dev.signet.yaml.GoJson;
import dev.signet.yaml.GoYaml;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How manifests are printed, to the byte as kubectl and kubeseal print them. */
enum ManifestFormat {
  JSON,
  YAML;

  static Optional<ManifestFormat> parse(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "json", "" -> Optional.of(JSON);
      case "yaml" -> Optional.of(YAML);
      default -> Optional.empty();
    };
  }

  /** One document of a stream of them. */
  String document(Map<String, @Nullable Object> tree) {
    return switch (this) {
      case JSON -> GoJson.write(tree, GoJson.Layout.INDENTED, GoJson.Keys.AS_GIVEN) + "\n";
      case YAML -> "---\n" + GoYaml.write(tree);
    };
  }
}
