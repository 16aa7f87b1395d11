package dev.signet.dialects;

import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The CustomResourceDefinitions of the kinds that this version delivers, for clusters that do not
 * have them from upstream. They stand as YAML beside each dialect.
 */
public final class CustomResourceDefinitions {

  private static final List<String> FILES =
      List.of("sealedsecrets/crds.yaml", "externalsecrets/crds.yaml", "sopssecrets/crds.yaml");

  private CustomResourceDefinitions() {}

  /** Every definition, with everything written out. */
  public static List<Map<String, @Nullable Object>> all() {
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    for (String file : FILES) {
      try (InputStream in = CustomResourceDefinitions.class.getResourceAsStream(file)) {
        if (in == null) {
          throw new IllegalStateException(file + " is missing from this build");
        }
        byte[] bytes = Documents.readAll(in, file, ReadLimits.DEFAULT);
        for (Document document :
            Documents.read(bytes, file, ReadLimits.DEFAULT, DuplicateKeys.REJECTED)) {
          all.add(document.tree());
        }
      } catch (IOException | MalformedDocumentException e) {
        throw new IllegalStateException(file + " cannot be read", e);
      }
    }
    return all;
  }
}
