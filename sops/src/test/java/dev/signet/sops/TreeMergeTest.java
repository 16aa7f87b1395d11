package dev.signet.sops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TreeMergeTest {

  private static final Format YAML = Format.of(Format.Kind.YAML, new Format.Layout(2, -1, -1));

  private static List<Value.Branch> tree(String text) throws SopsException {
    return YAML.read(text.replace("; ", "\n").getBytes(UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          a: 1         | a: 2          | a: 1          | a: 2              | -
          a: 1         | a: 1          | a: 2          | a: 2              | -
          a: 1         | a: 2          | a: 2          | a: 2              | -
          a: 1         | a: 2          | a: 3          | a: 2              | ["a"]
          a: 1; b: 1   | a: 2; b: 1    | a: 1; b: 2    | a: 2; b: 2        | -
          a: 1; b: 1   | a: 1          | a: 2; b: 1    | a: 2              | -
          a: 1; b: 1   | a: 1          | a: 1; b: 2    | a: 1; b: 2        | ["b"]
          a: 1; b: 1   | a: 1; b: 2    | a: 1          | a: 1; b: 2        | ["b"]
          a: 1         | a: 1; b: 1    | a: 1; c: 1    | a: 1; b: 1; c: 1  | -
          a: 1         | a: 1; b: 1    | a: 1; b: 2    | a: 1; b: 1        | ["b"]
          m: {a: 1}    | m: {a: 2}     | m: {a: 1, b: 1} | m: {a: 2, b: 1} | -
          m: {a: 1}    | m: {a: 2}     | m: {a: 3}     | m: {a: 2}         | ["m"]["a"]
          m: {a: 1}    | m: text       | m: {a: 3}     | m: text           | ["m"]
          m: 1         | m: {a: 2}     | m: {b: 3}     | m: {a: 2, b: 3}   | -
          l: [1, 2]    | l: [1, 2, 3]  | l: [1, 2]     | l: [1, 2, 3]      | -
          l: [1, 2]    | l: [1, 2, 3]  | l: [0, 1, 2]  | l: [1, 2, 3]      | ["l"]
          a: 1         | a: 1; ---; b: 1 | a: 1        | a: 1; ---; b: 1   | -
          a: 1         | a: 1          | a: 1; ---; b: 1 | a: 1; ---; b: 1 | -
          a: 1         | a: 2; ---; b: 1 | a: 1; ---; b: 2 | a: 2; ---; b: 1 | the documents
          """)
  void eachSidesChangesAreTaken(
      String base, String ours, String theirs, String merged, String conflicts)
      throws SopsException {
    TreeMerge merge = TreeMerge.of(tree(base), tree(ours), tree(theirs));
    assertThat(new String(YAML.write(merge.branches()), UTF_8))
        .isEqualTo(new String(YAML.write(tree(merged)), UTF_8));
    assertThat(String.join(", ", merge.conflicts())).isEqualTo(conflicts == null ? "" : conflicts);
  }

  /** Which of the sides is called ours matters for conflicts only. */
  @Property(tries = 200)
  void changesOfDifferentKeysMergeAlikeFromBothSides(
      @ForAll @IntRange(max = 255) int changed, @ForAll @IntRange(max = 255) int ofUs)
      throws SopsException {
    StringBuilder base = new StringBuilder();
    StringBuilder ours = new StringBuilder();
    StringBuilder theirs = new StringBuilder();
    StringBuilder both = new StringBuilder();
    for (int bit = 0; bit < 8; bit++) {
      boolean change = (changed >> bit & 1) == 1;
      boolean us = (ofUs >> bit & 1) == 1;
      String before = "k" + bit + ": old\n";
      String after = "k" + bit + ": new\n";
      base.append(before);
      ours.append(change && us ? after : before);
      theirs.append(change && !us ? after : before);
      both.append(change ? after : before);
    }
    for (boolean swapped : new boolean[] {false, true}) {
      TreeMerge merge =
          TreeMerge.of(
              tree(base.toString()),
              tree((swapped ? theirs : ours).toString()),
              tree((swapped ? ours : theirs).toString()));
      assertThat(merge.conflicts()).isEmpty();
      assertThat(merge.branches()).isEqualTo(tree(both.toString()));
    }
  }
}
