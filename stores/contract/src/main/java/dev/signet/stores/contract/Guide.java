package dev.signet.stores.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import dev.signet.yaml.YamlValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The manifests of a guide as they are typed there, for a test to take them at their word. */
public final class Guide {

  private static final Pattern BLOCK = Pattern.compile("(?s)\n```yaml\n(.*?)\n```\n");

  private Guide() {}

  /**
   * The stores of a guide: what stands in the field of their provider, by its name.
   *
   * @param file below {@code docs}
   */
  public static Map<String, Fields> stores(String file)
      throws IOException, MalformedObjectException, MalformedDocumentException {
    Map<String, Fields> stores = new LinkedHashMap<>();
    var blocks = BLOCK.matcher(Files.readString(Path.of("..", "..", "docs", file)));
    while (blocks.find()) {
      for (String manifest : blocks.group(1).split("\n---\n")) {
        Object tree =
            YamlValue.read(
                manifest.getBytes(UTF_8), file, ReadLimits.DEFAULT, DuplicateKeys.REJECTED);
        if (tree instanceof Map<?, ?> map) {
          Optional<Fields> provider =
              Fields.of(map, file).requiredObject("spec").object("provider");
          if (provider.isPresent()) {
            for (String name : provider.get().names()) {
              stores.put(name, provider.get().requiredObject(name));
            }
          }
        }
      }
    }
    return stores;
  }
}
