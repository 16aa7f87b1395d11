package dev.signet.cli;

import dev.signet.core.SecretBytes;
import dev.signet.dialects.externalsecrets.functions.ExternalSecretFunctions;
import dev.signet.template.Functions;
import dev.signet.template.sprig.Sprig;
import java.util.EnumMap;
import java.util.Map;

/**
 * The functions of one run of a command. Where External Secrets' functions derive salts, they do so
 * under a key of this run: what a command prints is looked at, not delivered.
 */
final class TemplateFunctions {

  private static final int KEY_BYTES = 32;

  private final Surroundings surroundings;
  private final Map<FunctionSet, Functions> made = new EnumMap<>(FunctionSet.class);

  TemplateFunctions(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  Functions of(FunctionSet set) {
    return made.computeIfAbsent(set, this::make);
  }

  private Functions make(FunctionSet set) {
    return switch (set) {
      case NONE -> Functions.NONE;
      case SPRIG, SEALED_SECRETS -> Sprig.functions();
      case EXTERNAL_SECRETS -> {
        byte[] key = new byte[KEY_BYTES];
        surroundings.random().nextBytes(key);
        try (SecretBytes secret = SecretBytes.wrap(key)) {
          yield ExternalSecretFunctions.functions(secret);
        }
      }
    };
  }
}
