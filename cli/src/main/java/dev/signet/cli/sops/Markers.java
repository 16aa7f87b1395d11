package dev.signet.cli.sops;

import dev.signet.sops.Format;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** What files of SOPS have in them, by format, as Flux looks for it before it opens a value. */
final class Markers {

  private static final Map<String, Format.Kind> ALL =
      Map.of(
          "\"mac\": \"ENC[", Format.Kind.JSON,
          "mac: ENC[", Format.Kind.YAML,
          "sops_mac=ENC[", Format.Kind.DOTENV,
          "[sops]", Format.Kind.INI);

  private Markers() {}

  static Optional<Format.Kind> kind(byte[] content) {
    String text = new String(content, StandardCharsets.ISO_8859_1);
    return ALL.entrySet().stream()
        .filter(each -> text.contains(each.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
