package dev.signet.template.sprig;

import static dev.signet.template.GoType.BOOL;
import static dev.signet.template.GoType.STRING;
import static dev.signet.template.sprig.Args.string;
import static dev.signet.template.sprig.Registry.fixed;

import dev.signet.template.Function;
import dev.signet.template.Value;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Slash-separated paths, without looking at any file. The os variants are those of Unix. */
final class Paths {
  private Paths() {}

  static @Nullable Function find(String name) {
    return switch (name) {
      case "base", "osBase" -> fixed(STRING, (c, a) -> string(base(string(a[0]))), STRING);
      case "dir", "osDir" -> fixed(STRING, (c, a) -> string(directory(string(a[0]))), STRING);
      case "clean", "osClean" -> fixed(STRING, (c, a) -> string(clean(string(a[0]))), STRING);
      case "ext", "osExt" -> fixed(STRING, (c, a) -> string(extension(string(a[0]))), STRING);
      case "isAbs", "osIsAbs" ->
          fixed(BOOL, (c, a) -> Value.of(string(a[0]).startsWith("/")), STRING);
      default -> null;
    };
  }

  private static String base(String path) {
    if (path.isEmpty()) {
      return ".";
    }
    int end = path.length();
    while (end > 0 && path.charAt(end - 1) == '/') {
      end--;
    }
    return end == 0 ? "/" : path.substring(path.lastIndexOf('/', end - 1) + 1, end);
  }

  private static String directory(String path) {
    return clean(path.substring(0, path.lastIndexOf('/') + 1));
  }

  private static String extension(String path) {
    int dot = path.lastIndexOf('.');
    return dot > path.lastIndexOf('/') ? path.substring(dot) : "";
  }

  private static String clean(String path) {
    boolean rooted = path.startsWith("/");
    Deque<String> parts = new ArrayDeque<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..") && !parts.isEmpty() && !parts.getLast().equals("..")) {
        parts.removeLast();
      } else if (part.equals("..") ? !rooted : !part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    String joined = String.join("/", parts);
    return rooted ? "/" + joined : joined.isEmpty() ? "." : joined;
  }
}
