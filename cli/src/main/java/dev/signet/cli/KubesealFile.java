package dev.signet.cli;

import dev.signet.yaml.Documents;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** The files that kubeseal reads, with Go's words for what is wrong with them. */
final class KubesealFile {

  private KubesealFile() {}

  static Optional<InputStream> open(Path file) {
    try {
      return Optional.of(Files.newInputStream(file));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** All of a file that the command line names, up to the limit for manifests. */
  static byte[] read(Surroundings surroundings, String name) throws CommandFailure {
    InputStream in;
    try {
      in = Files.newInputStream(surroundings.path(name));
    } catch (IOException e) {
      throw CommandFailure.of("open " + name + ": " + InputOutput.reason(e));
    }
    try (in) {
      return manifests(in, name);
    } catch (IOException e) {
      throw CommandFailure.of("read " + name + ": " + reading(e));
    }
  }

  /** The rest of a stream, within the limits for manifests. */
  static byte[] manifests(InputStream in, String source) throws CommandFailure {
    try {
      return Documents.readAll(in, source, ReadLimits.DEFAULT);
    } catch (MalformedDocumentException e) {
      throw CommandFailure.because(e);
    } catch (IOException e) {
      throw CommandFailure.of("read " + source + ": " + reading(e));
    }
  }

  private static String reading(IOException e) {
    String reason = InputOutput.reason(e);
    return reason.equals("Is a directory") ? "is a directory" : reason;
  }

  /** The bytes behind {@code --cert}: a file, by its path or by a URL, or what a URL answers. */
  static byte[] certificate(Surroundings surroundings, String place) throws CommandFailure {
    int colon = place.indexOf(':');
    // One letter before the colon is a Windows drive, not a scheme.
    if (colon < 2 || !isScheme(place.substring(0, colon))) {
      return read(surroundings, place);
    }
    URI url;
    try {
      url = new URI(place);
    } catch (URISyntaxException e) {
      throw CommandFailure.of("--cert " + place + " is not a URL");
    }
    return switch (place.substring(0, colon).toLowerCase(Locale.ROOT)) {
      case "file" -> {
        if (url.getPath() == null) {
          throw CommandFailure.of("--cert " + place + " names no file");
        }
        yield read(surroundings, url.getPath());
      }
      case "http", "https" -> KubesealUrl.fetch(surroundings, url);
      default ->
          throw CommandFailure.of(
              "Get "
                  + KubesealText.quoted(place)
                  + ": unsupported protocol scheme "
                  + KubesealText.quoted(place.substring(0, colon)));
    };
  }

  private static boolean isScheme(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      boolean later = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
      if (!letter && (i == 0 || !later)) {
        return false;
      }
    }
    return true;
  }
}
