package dev.signet.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;

/**
 * Documents in the shapes that people write, changed in random places. The rules are stated here
 * once more, apart from the check that the editor makes by itself: what is read back, and which
 * lines may differ.
 */
class EditorPropertyTest {

  /** A text of one document, and the paths of its scalars, each of which is on lines of its own. */
  record Drawn(String text, List<TreePath> scalars, List<TreePath> mappings) {
    @Override
    public String toString() {
      return Vectors.json(text);
    }
  }

  private static final List<String> VALUES =
      List.of(
          "plain",
          "two words",
          "",
          "12",
          "true",
          "it's",
          "a: b",
          " x",
          "é日😀",
          "l\nm\n",
          "AgB==",
          "#");

  @Property(tries = 1500, shrinking = ShrinkingMode.OFF)
  void aScalarThatIsSetIsAllThatChanges(@ForAll("documents") Drawn drawn, @ForAll Random random)
      throws Exception {
    byte[] before = Vectors.bytes(drawn.text);
    Editor editor = editor(before);
    TreePath path = drawn.scalars.get(random.nextInt(drawn.scalars.size()));
    String value = VALUES.get(random.nextInt(VALUES.size()));
    Place place = editor.outline(0).value(path).orElseThrow();
    editor.set(0, path, value);
    byte[] after = editor.bytes();
    // Byte for byte before the value, and behind the line that it ends on.
    assertThat(new String(after, 0, place.start(), StandardCharsets.UTF_8))
        .isEqualTo(new String(before, 0, place.start(), StandardCharsets.UTF_8));
    assertThat(new String(after, StandardCharsets.UTF_8))
        .endsWith(
            new String(before, place.end(), before.length - place.end(), StandardCharsets.UTF_8));
    assertThat(tree(after)).isEqualTo(with(tree(before), path, value));
    assertThat(comments(after)).isEqualTo(comments(before));
  }

  @Property(tries = 1000, shrinking = ShrinkingMode.OFF)
  void whatIsAddedCanBeRemovedAgain(@ForAll("documents") Drawn drawn, @ForAll Random random)
      throws Exception {
    byte[] before = Vectors.bytes(drawn.text);
    TreePath path = drawn.mappings.get(random.nextInt(drawn.mappings.size())).key("added");
    String value = VALUES.get(random.nextInt(VALUES.size()));
    Editor editor = editor(before);
    editor.set(0, path, value);
    byte[] with = editor.bytes();
    assertThat(tree(with)).isEqualTo(with(tree(before), path, value));
    Editor again = editor(with);
    again.remove(0, path);
    assertThat(new String(again.bytes(), StandardCharsets.UTF_8)).isEqualTo(drawn.text);
  }

  @Property(tries = 1000, shrinking = ShrinkingMode.OFF)
  void allScalarsCanBeSetAtOnce(@ForAll("documents") Drawn drawn) throws Exception {
    byte[] before = Vectors.bytes(drawn.text);
    Editor editor = editor(before);
    Map<String, @Nullable Object> expected = tree(before);
    for (TreePath path : drawn.scalars) {
      editor.set(0, path, "AgNew" + path);
      expected = with(expected, path, "AgNew" + path);
    }
    assertThat(tree(editor.bytes())).isEqualTo(expected);
    assertThat(comments(editor.bytes())).isEqualTo(comments(before));
  }

  @Property(tries = 1000, shrinking = ShrinkingMode.OFF)
  void withoutAChangeNothingChanges(@ForAll("documents") Drawn drawn) throws Exception {
    byte[] before = Vectors.bytes(drawn.text);
    assertThat(editor(before).bytes()).isEqualTo(before);
  }

  private static Editor editor(byte[] input) throws Exception {
    return Editor.of(input, "f", ReadLimits.DEFAULT, DuplicateKeys.REJECTED);
  }

  private static Map<String, @Nullable Object> tree(byte[] input) throws Exception {
    return Documents.read(input, "f", ReadLimits.DEFAULT, DuplicateKeys.REJECTED).getFirst().tree();
  }

  private static List<String> comments(byte[] input) {
    return new String(input, StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.contains("# note"))
        .map(line -> line.substring(line.indexOf("# note")))
        .toList();
  }

  /** The tree with that value there; it is changed. */
  private static Map<String, @Nullable Object> with(
      Map<String, @Nullable Object> tree, TreePath path, Object value) {
    change(tree, path.steps(), value);
    return tree;
  }

  @SuppressWarnings("unchecked") // readers make maps with string keys only
  private static void change(@Nullable Object tree, List<Object> steps, Object value) {
    boolean last = steps.size() == 1;
    if (tree instanceof Map<?, ?> map && last) {
      ((Map<String, Object>) map).put((String) steps.getFirst(), value);
    } else if (tree instanceof Map<?, ?> map) {
      change(map.get((String) steps.getFirst()), steps.subList(1, steps.size()), value);
    } else if (tree instanceof List<?> list) {
      change(list.get((Integer) steps.getFirst()), steps.subList(1, steps.size()), value);
    }
  }

  @Provide
  Arbitrary<Drawn> documents() {
    return Arbitraries.randomValue(
        random -> {
          Drawing drawing = new Drawing(random);
          return random.nextInt(5) == 0 ? drawing.json() : drawing.yaml();
        });
  }

  /** Draws a document with a tree of three levels at most. */
  private static final class Drawing {
    private final Random random;
    private final StringBuilder text = new StringBuilder();
    private final List<TreePath> scalars = new ArrayList<>();
    private final List<TreePath> mappings = new ArrayList<>();

    Drawing(Random random) {
      this.random = random;
    }

    Drawn json() {
      Map<String, @Nullable Object> tree = new LinkedHashMap<>();
      fill(tree, TreePath.ROOT, 3);
      String json =
          GoJson.write(
              tree,
              random.nextBoolean() ? GoJson.Layout.COMPACT : GoJson.Layout.INDENTED,
              GoJson.Keys.AS_GIVEN);
      return new Drawn(json + (random.nextBoolean() ? "\n" : ""), scalars, mappings);
    }

    private void fill(Map<String, @Nullable Object> map, TreePath path, int depth) {
      mappings.add(path);
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        TreePath below = path.key("k" + i);
        if (depth > 0 && random.nextInt(3) == 0) {
          Map<String, @Nullable Object> child = new LinkedHashMap<>();
          fill(child, below, depth - 1);
          map.put("k" + i, child);
        } else {
          map.put("k" + i, VALUES.get(random.nextInt(VALUES.size())));
          scalars.add(below);
        }
      }
    }

    Drawn yaml() {
      if (random.nextInt(4) == 0) {
        text.append("# note at the top\n---\n");
      }
      mapping(TreePath.ROOT, 0, 3);
      String drawn = text.toString();
      if (random.nextInt(4) == 0 && !drawn.endsWith("\n\n")) {
        drawn = drawn.substring(0, drawn.length() - 1);
      } else if (random.nextInt(4) == 0) {
        drawn = drawn + "...\n";
      }
      if (random.nextInt(4) == 0) {
        drawn = drawn.replace("\n", "\r\n");
      }
      return new Drawn((random.nextInt(8) == 0 ? "\uFEFF" : "") + drawn, scalars, mappings);
    }

    private void mapping(TreePath path, int indent, int depth) {
      mappings.add(path);
      int count = 1 + random.nextInt(3);
      for (int i = 0; i < count; i++) {
        if (i > 0 && random.nextInt(5) == 0) {
          // Deeper than its mapping it could be the text of a block scalar.
          text.repeat(' ', random.nextInt(indent + 1)).append("# note é\n");
        }
        String key = "k" + i;
        // The first entry of a list item stands behind the dash.
        int lineStart = text.lastIndexOf("\n") + 1;
        text.repeat(' ', Math.max(0, indent - (text.length() - lineStart)));
        text.append(random.nextInt(5) == 0 ? "\"" + key + "\"" : key).append(':');
        value(path.key(key), indent, depth);
      }
    }

    private void value(TreePath path, int indent, int depth) {
      int step = 1 + random.nextInt(3);
      switch (depth == 0 ? random.nextInt(7) : random.nextInt(11)) {
        case 7, 8 -> {
          text.append(comment()).append('\n');
          mapping(path, indent + step, depth - 1);
        }
        case 9 -> {
          text.append('\n');
          for (int i = 0; i <= random.nextInt(3); i++) {
            text.repeat(' ', indent).append("- ");
            mapping(path.item(i), indent + 2, depth - 1);
          }
        }
        case 10 -> {
          text.append(" {x: 1, 'y': \"AgA\"").append(random.nextBoolean() ? " " : "").append('}');
          mappings.add(path);
          scalars.add(path.key("x"));
          scalars.add(path.key("y"));
          text.append(comment()).append('\n');
        }
        default -> {
          scalars.add(path);
          scalar(indent + step);
        }
      }
    }

    private void scalar(int indent) {
      switch (random.nextInt(9)) {
        case 0 -> text.append(comment()).append('\n');
        case 1 -> text.append(" plain text").append(comment()).append('\n');
        case 2 -> text.append(" 'sin''gle'").append(comment()).append('\n');
        case 3 -> text.append("  \"do\\tuble\"").append(comment()).append('\n');
        case 4 -> {
          text.append(" over\n").repeat(' ', indent).append("two lines").append(comment());
          text.append('\n');
        }
        case 5, 6 -> {
          text.append(" |").append(random.nextBoolean() ? "-" : "").append(comment()).append('\n');
          text.repeat(' ', indent).append("AgAB\n").repeat(' ', indent).append("CD==\n");
          text.append(random.nextInt(3) == 0 ? "\n" : "");
        }
        case 7 -> {
          text.append(" >-\n").repeat(' ', indent).append("AgAB\n");
          text.repeat(' ', indent).append("# text\n");
        }
        default -> text.append(" !!str &anchor").append(random.nextInt()).append(" x\n");
      }
    }

    private String comment() {
      return random.nextInt(4) == 0 ? " # note" : "";
    }
  }
}
