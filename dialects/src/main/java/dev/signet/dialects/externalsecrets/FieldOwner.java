package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.object.Metadata;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The name under which an ExternalSecret's writes are noted in {@code managedFields}, and what is
 * noted there: which keys, labels and annotations of a Secret are its own survives any restart.
 */
final class FieldOwner {

  private static final String PREFIX = "externalsecrets.external-secrets.io/";
  private static final int LONGEST = 63;

  private FieldOwner() {}

  static String of(String externalSecret) {
    String name = PREFIX + externalSecret;
    return name.getBytes(StandardCharsets.UTF_8).length > LONGEST
        ? PREFIX + "sha3/" + GoHash.ofText(externalSecret)
        : name;
  }

  static Set<String> data(Metadata secret, String externalSecret) {
    return owned(secret, externalSecret, List.of("f:data"));
  }

  static Set<String> labels(Metadata secret, String externalSecret) {
    return owned(secret, externalSecret, List.of("f:metadata", "f:labels"));
  }

  static Set<String> annotations(Metadata secret, String externalSecret) {
    return owned(secret, externalSecret, List.of("f:metadata", "f:annotations"));
  }

  private static Set<String> owned(Metadata secret, String externalSecret, List<String> path) {
    Set<String> names = new LinkedHashSet<>();
    if (secret.tree().get("managedFields") instanceof List<?> writers) {
      for (Object each : writers) {
        if (each instanceof Map<?, ?> writer && of(externalSecret).equals(writer.get("manager"))) {
          Object fields = writer.get("fieldsV1");
          for (String step : path) {
            fields = fields instanceof Map<?, ?> map ? map.get(step) : null;
          }
          if (fields instanceof Map<?, ?> map) {
            map.keySet().stream()
                .map(String::valueOf)
                .filter(name -> name.startsWith("f:"))
                .forEach(name -> names.add(name.substring(2)));
          }
        }
      }
    }
    return names;
  }
}
