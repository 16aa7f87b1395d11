package dev.signet.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
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

class RoundTripTest {

  private static final String[] WORDS = {
    "yes", "0x1", "1e3", "~", "", "2001-01-01", "1:30", "=", "---", "a: b", "- x", "#", "\n", "a\n"
  };

  /**
   * Among them what decides on styles: blanks, breaks, indicators, quotes, controls, surrogates.
   */
  private static final String CHARACTERS =
      " \n\t:-#'\"\\,[]{}&*!|>%@`?ab1.é日\u0000\u007f\u0085\ufeff\ud83d\ude00";

  @Property(tries = 2000, shrinking = ShrinkingMode.OFF)
  void yamlReadsBackAsItWasWritten(@ForAll("trees") Map<String, Object> tree) throws Exception {
    assertThat(read(GoYaml.write(tree))).isEqualTo(tree);
  }

  @Property(tries = 2000, shrinking = ShrinkingMode.OFF)
  void jsonReadsBackAsItWasWritten(@ForAll("trees") Map<String, Object> tree) throws Exception {
    for (GoJson.Layout layout : GoJson.Layout.values()) {
      assertThat(read(GoJson.write(tree, layout, GoJson.Keys.AS_GIVEN))).isEqualTo(tree);
    }
  }

  @Provide
  Arbitrary<Map<String, @Nullable Object>> trees() {
    return Arbitraries.randomValue(random -> map(random, 3));
  }

  private static Map<String, @Nullable Object> map(Random random, int depth) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = random.nextInt(1, 5); i > 0; i--) {
      map.put(text(random), value(random, depth));
    }
    return map;
  }

  private static @Nullable Object value(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 10 : 7)) {
      case 0 -> random.nextLong();
      case 1 -> new BigInteger(63, random).setBit(63);
      case 2 -> random.nextInt(1_000_000) + 0.5 / (1 << random.nextInt(40));
      case 3 -> random.nextBoolean();
      case 4 -> null;
      case 7 -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.add(value(random, depth - 1));
        }
        yield list;
      }
      case 8, 9 -> map(random, depth - 1);
      default -> text(random);
    };
  }

  private static String text(Random random) {
    int kind = random.nextInt(10);
    if (kind == 0) {
      return WORDS[random.nextInt(WORDS.length)];
    }
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(kind == 1 ? 200 : 12); i > 0; i--) {
      int at = random.nextInt(kind < 4 ? 3 : CHARACTERS.length());
      text.append(kind < 4 ? " xy".charAt(at) : CHARACTERS.charAt(at));
    }
    return TextShape.wellFormed(text.toString());
  }

  private static Map<String, ?> read(String text) throws Exception {
    return Documents.read(Vectors.bytes(text), "test", ReadLimits.DEFAULT, DuplicateKeys.REJECTED)
        .getFirst()
        .tree();
  }
}
