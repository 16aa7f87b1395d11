package dev.signet.delivery.directory;

import dev.signet.delivery.object.KubeObject;
import java.nio.file.Path;

/** One object as a file describes it. */
public record Manifest(KubeObject object, Path file, int line) {

  /** {@code app/secret.yaml:12}, relative to where the command runs when it can be. */
  public String where() {
    Path here = Path.of("").toAbsolutePath();
    Path shown = file.startsWith(here) ? here.relativize(file) : file;
    return shown + ":" + line;
  }
}
