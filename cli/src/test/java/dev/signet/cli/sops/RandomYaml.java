package dev.signet.cli.sops;

import java.util.List;
import java.util.Random;

/** Makes YAML documents that are laid out badly and have comments in every place. */
final class RandomYaml {

  private static final List<String> SCALARS =
      List.of(
          "a",
          "key",
          "x y",
          "yes",
          "no",
          "1",
          "0x1F",
          "017",
          "1_0",
          "1.5",
          "1e3",
          ".5",
          ".nan",
          "true",
          "null",
          "~",
          "2001-12-14",
          "2001-12-14T21:59:43.10-05:00",
          "'single # q'",
          "\"dou\\tble\\n\"",
          "12:30:45",
          "日本",
          "é",
          "ENC[x]",
          "\"\"",
          "''",
          "<<",
          "!!str 5",
          "!!binary aGVsbG8=",
          "plain text here",
          "a#b",
          "http://x:80/y",
          "\"😀\"",
          "-0",
          "+12",
          "9223372036854775807",
          "0o17",
          "09",
          "'{'",
          "\"\\x01\"",
          "'- x'",
          "*anchor",
          "-.inf");

  private final Random random;
  private final StringBuilder out = new StringBuilder();

  private RandomYaml(long seed) {
    this.random = new Random(seed);
  }

  /** The same for the same seed. */
  static String of(long seed) {
    RandomYaml yaml = new RandomYaml(seed);
    int documents = yaml.random.nextInt(5) == 0 ? 2 : 1;
    for (int i = 0; i < documents; i++) {
      if (i > 0 || yaml.random.nextInt(9) == 0) {
        yaml.out.append("---").append(yaml.lineComment()).append('\n');
      }
      yaml.comments(0);
      yaml.out.append("anchored: &anchor {a: 1}\n");
      yaml.mapping(0, 3);
    }
    return yaml.out.toString();
  }

  private String lineComment() {
    return switch (random.nextInt(14)) {
      case 0 -> "  # c" + random.nextInt(99);
      case 1 -> " # line ";
      default -> "";
    };
  }

  private void comments(int indent) {
    String spaces = " ".repeat(indent);
    switch (random.nextInt(8)) {
      case 0 -> out.append('\n');
      case 1 -> out.append(spaces).append("# h").append(random.nextInt(99)).append('\n');
      case 2 -> {
        int moved = Math.max(0, indent + (random.nextInt(3) - 1) * 2);
        out.append(" ".repeat(moved)).append("#n").append(random.nextInt(99)).append('\n');
        out.append(random.nextBoolean() ? "\n" : "");
      }
      case 3 -> out.append(spaces).append("# m1\n").append(spaces).append("# m2\n");
      default -> {}
    }
  }

  private String flow(int depth) {
    int kind = depth == 0 ? 0 : random.nextInt(4);
    if (kind == 0) {
      return String.valueOf(random.nextInt(50));
    }
    if (kind == 3) {
      return "\"q\"";
    }
    StringBuilder text = new StringBuilder(kind == 1 ? "[" : "{");
    int items = random.nextInt(3);
    for (int i = 0; i < items; i++) {
      text.append(i > 0 ? ", " : "")
          .append(kind == 1 ? "" : "k" + i + ": ")
          .append(flow(depth - 1));
    }
    return text.append(kind == 1 ? "]" : "}").toString();
  }

  private void mapping(int indent, int depth) {
    int entries = 1 + random.nextInt(3);
    for (int i = 0; i < entries; i++) {
      comments(indent);
      out.append(" ".repeat(indent)).append('k').append(indent).append('_').append(i).append(':');
      value(indent, depth, random.nextInt(10));
    }
    comments(indent);
  }

  private void value(int indent, int depth, int kind) {
    if (depth > 0 && kind < 2) {
      out.append(lineComment()).append('\n');
      mapping(indent + 2 + random.nextInt(2) * 2, depth - 1);
    } else if (depth > 0 && kind < 4) {
      out.append(lineComment()).append('\n');
      list(indent + random.nextInt(2) * 2, depth - 1);
    } else if (kind == 4) {
      out.append(' ').append(flow(2)).append(lineComment()).append('\n');
    } else if (kind == 5) {
      block(indent + 2);
    } else if (kind == 6) {
      out.append(lineComment()).append('\n');
    } else {
      out.append(' ').append(SCALARS.get(random.nextInt(SCALARS.size())));
      out.append(lineComment()).append('\n');
    }
  }

  private void block(int indent) {
    String spaces = " ".repeat(indent);
    out.append(random.nextBoolean() ? " |" : " >");
    out.append(List.of("", "-", "+").get(random.nextInt(3))).append(lineComment()).append('\n');
    out.append(spaces).append("line one\n").append(random.nextInt(3) == 0 ? "\n" : "");
    out.append(spaces).append("line two\n").append(random.nextInt(3) == 0 ? "\n" : "");
  }

  private void list(int indent, int depth) {
    int items = 1 + random.nextInt(3);
    for (int i = 0; i < items; i++) {
      comments(indent);
      out.append(" ".repeat(indent)).append('-');
      int kind = random.nextInt(9);
      if (depth > 0 && kind == 0) {
        out.append(" k: 1").append(lineComment()).append('\n');
        if (random.nextBoolean()) {
          mapping(indent + 2, depth - 1);
        }
      } else if (depth > 0 && kind == 1) {
        out.append(" - x\n");
        list(indent + 2, depth - 1);
      } else {
        value(indent, 0, 4 + random.nextInt(6));
      }
    }
    if (random.nextInt(3) == 0) {
      comments(indent);
    }
  }
}
