package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.io.IOException;

/** Asks for a passphrase, when it turns out that one is needed. */
@FunctionalInterface
public interface Passphrase {

  /** Who asks closes it. */
  SecretBytes ask() throws IOException;
}
