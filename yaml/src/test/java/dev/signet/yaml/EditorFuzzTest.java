package dev.signet.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Whatever the bytes: outlines hold what the documents hold, an editor that changes nothing gives
 * the same bytes, and one that changes something gives that change or a refusal.
 */
class EditorFuzzTest {

  private static final ReadLimits LIMITS = new ReadLimits(1 << 16, 100, 50, 20_000, 2_000);

  @FuzzTest(maxDuration = "10m")
  void onlyWhatIsChangedChanges(byte[] input) {
    for (DuplicateKeys duplicates : DuplicateKeys.values()) {
      try {
        Editor editor = Editor.of(input, "f", LIMITS, duplicates);
        assertThat(editor.bytes()).isEqualTo(input);
        List<Document> documents = editor.documents();
        for (int i = 0; i < documents.size(); i++) {
          for (String key : List.copyOf(documents.get(i).tree().keySet())) {
            placesAreInside(editor.outline(i), TreePath.of(key), input.length);
            change(input, duplicates, i, TreePath.of(key));
          }
          change(input, duplicates, i, TreePath.of("added", "below"));
        }
      } catch (MalformedDocumentException e) {
        assertThat(e.getMessage()).startsWith("f:");
      } catch (EditException e) {
        throw new AssertionError("nothing was to be changed", e);
      }
    }
  }

  private static void placesAreInside(Outline outline, TreePath path, int length) {
    Place place = outline.nearest(path);
    assertThat(place.start()).isBetween(0, place.end());
    assertThat(place.end()).isLessThanOrEqualTo(length);
    assertThat(place.line()).isPositive();
    assertThat(place.column()).isPositive();
  }

  private static void change(byte[] input, DuplicateKeys duplicates, int document, TreePath path)
      throws MalformedDocumentException {
    for (Object value : List.of("AgB==", "two\nlines\n", Map.of("k", "v"), 12L)) {
      Editor editor = Editor.of(input, "f", LIMITS, duplicates);
      try {
        editor.set(document, path, value);
        byte[] result = editor.bytes();
        assertThat(new String(result, StandardCharsets.UTF_8)).isNotEmpty();
      } catch (EditException e) {
        assertThat(e.getMessage()).startsWith("f:").doesNotContain("\n");
      }
    }
    Editor editor = Editor.of(input, "f", LIMITS, duplicates);
    try {
      editor.remove(document, path);
      editor.bytes();
    } catch (EditException e) {
      assertThat(e.getMessage()).startsWith("f:");
    }
  }
}
