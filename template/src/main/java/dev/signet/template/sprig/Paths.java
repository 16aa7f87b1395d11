package dev.signet.template.sprig;

import static dev.signet.template.GoType.BOOL;
import static dev.signet.template.GoType.STRING;
import static dev.signet.template.sprig.Args.string;

import dev.signet.template.Functions;
import dev.signet.template.Value;
import java.util.ArrayDeque;
import java.util.Deque;

/** Slash-separated paths, without looking at any file. The os variants are those of Unix. */
final class Paths {
  static final Functions FUNCTIONS = Registry.build(Paths::register);

  private Paths() {}

  private static void register(Registry r) {
    r.add("base osBase", STRING, (c, a) -> string(base(string(a[0]))), STRING);
    r.add("dir osDir", STRING, (c, a) -> string(directory(string(a[0]))), STRING);
    r.add("clean osClean", STRING, (c, a) -> string(clean(string(a[0]))), STRING);
    r.add("ext osExt", STRING, (c, a) -> string(extension(string(a[0]))), STRING);
    r.add("isAbs osIsAbs", BOOL, (c, a) -> Value.of(string(a[0]).startsWith("/")), STRING);
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
