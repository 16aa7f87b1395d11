package dev.signet.dialects.externalsecrets.functions;

import dev.signet.core.SecretBytes;
import dev.signet.template.Functions;
import dev.signet.template.Limits;
import dev.signet.template.Options;
import dev.signet.template.Template;
import dev.signet.template.TemplateException;
import dev.signet.template.Value;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Random;

/** What came of a template with the functions of one installation. */
final class Rendering {
  static final Functions FUNCTIONS = functions("an installation's key");

  /** The default limits, but time enough for a busy machine. */
  static final Limits LIMITS =
      new Limits(
          Limits.DEFAULT.steps(),
          Duration.ofMinutes(5),
          Limits.DEFAULT.output(),
          Limits.DEFAULT.memory(),
          Limits.DEFAULT.depth());

  private final byte[] bytes;
  private final boolean error;

  private Rendering(byte[] bytes, boolean error) {
    this.bytes = bytes;
    this.error = error;
  }

  static Functions functions(String installKey) {
    byte[] bytes = installKey.getBytes(StandardCharsets.UTF_8);
    try (SecretBytes key = SecretBytes.wrap(bytes)) {
      return ExternalSecretFunctions.functions(key);
    }
  }

  static Template.Sources sources(long seed) {
    return new Template.Sources(
        InstantSource.fixed(Instant.parse("2026-03-04T05:06:07.123456789Z")),
        ZoneOffset.UTC,
        new Random(seed));
  }

  static Rendering of(VectorCase vector) {
    Options options = Options.DEFAULT.missingKey(vector.missingKey());
    try {
      Template template = Template.parse("t", vector.template(), FUNCTIONS, options);
      return new Rendering(template.execute(vector.data(), LIMITS, sources(42)), false);
    } catch (TemplateException e) {
      return new Rendering(e.bytes(), true);
    }
  }

  /** The output of a template whose data are strings. */
  static String text(Functions functions, String template, Map<String, byte[]> data)
      throws TemplateException {
    byte[] output =
        Template.parse("t", template, functions, Options.DEFAULT)
            .execute(Value.stringMap(data), LIMITS, sources(System.nanoTime()));
    return new String(output, StandardCharsets.ISO_8859_1);
  }

  /** The output, or the error's text. */
  byte[] bytes() {
    return bytes;
  }

  boolean isError() {
    return error;
  }
}
