package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/** Where plugins are started, and who they talk to. */
public interface Plugins {

  /** A running plugin. Closing ends it. */
  interface Connection extends Closeable {
    InputStream in();

    OutputStream out();
  }

  /**
   * Starts {@code age-plugin-NAME --age-plugin=PROTOCOL}.
   *
   * @throws IOException with a message for people, when there is none of that name
   */
  Connection start(String name, String protocol) throws IOException;

  void show(String name, String message);

  /** Nothing, if nobody answers; the caller closes it. */
  Optional<SecretBytes> ask(String name, String prompt, boolean secret);

  /** Whether the first of the answers was chosen; nothing, if nobody answers. */
  Optional<Boolean> confirm(String name, String prompt, String yes, Optional<String> no);
}
