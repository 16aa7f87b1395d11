package dev.signet.delivery;

import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Trees as manifests make them. */
public final class Trees {

  private Trees() {}

  /** The first document of a YAML text. */
  public static Map<String, @Nullable Object> of(String yaml) {
    try {
      return Documents.read(
              yaml.getBytes(StandardCharsets.UTF_8),
              "test",
              ReadLimits.DEFAULT,
              DuplicateKeys.REJECTED)
          .getFirst()
          .tree();
    } catch (MalformedDocumentException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** The object of a YAML text, in namespace {@code ns} unless it says another. */
  public static KubeObject object(String yaml) {
    try {
      return KubeObject.of(of(yaml), "ns");
    } catch (MalformedObjectException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
