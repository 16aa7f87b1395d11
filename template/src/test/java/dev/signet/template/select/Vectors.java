package dev.signet.template.select;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads the files of test data under {@code /select}. */
final class Vectors {
  private Vectors() {}

  /** One line of a file: an object with text, number, truth and nested members. */
  record Case(Json.Obj fields) {
    boolean has(String name) {
      return fields.members().containsKey(ByteString.of(name));
    }

    Json get(String name) {
      Json value = fields.members().get(ByteString.of(name));
      if (value == null) {
        throw new IllegalStateException("no field " + name + " in a test case");
      }
      return value;
    }

    String text(String name) {
      return text(get(name));
    }

    String text(String name, String otherwise) {
      return has(name) ? text(name) : otherwise;
    }

    boolean truth(String name) {
      return has(name) && get(name).equals(new Json.Bool(true));
    }

    static String text(Json value) {
      if (value instanceof Json.Text text) {
        return text.value().text();
      }
      throw new IllegalStateException("a field of a test case is not text");
    }
  }

  static byte[] file(String name) {
    try (InputStream in = Vectors.class.getResourceAsStream("/select/" + name)) {
      if (in == null) {
        throw new IllegalStateException("no test data " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static Case object(String name) throws SelectorException {
    return new Case((Json.Obj) Json.parse(file(name)));
  }

  static List<Case> lines(String name) throws SelectorException {
    return cases(file(name));
  }

  private static List<Case> cases(byte[] data) throws SelectorException {
    List<Case> cases = new ArrayList<>();
    for (String line : new String(data, StandardCharsets.UTF_8).split("\n", -1)) {
      if (!line.isEmpty()) {
        cases.add(new Case((Json.Obj) Json.parse(line.getBytes(StandardCharsets.UTF_8))));
      }
    }
    return cases;
  }

  /** Prints the share that passes, and fails with the cases that do not. */
  static void report(String what, int all, List<String> failures) {
    System.out.printf(
        Locale.ROOT,
        "%s: %d of %d vectors pass (%.1f %%)%n",
        what,
        all - failures.size(),
        all,
        100.0 * (all - failures.size()) / all);
    assertThat(failures).isEmpty();
  }
}
