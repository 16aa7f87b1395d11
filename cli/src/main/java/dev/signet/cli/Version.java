package dev.signet.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version that the build wrote beside this class. */
final class Version {

  private Version() {}

  /** With a leading v, as Go programs say theirs. */
  static String text() {
    try (InputStream resource = Version.class.getResourceAsStream("version.properties")) {
      Properties properties = new Properties();
      properties.load(resource);
      return "v" + properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the version from the program's own jar", e);
    }
  }
}
