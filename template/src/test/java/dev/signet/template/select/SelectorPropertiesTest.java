package dev.signet.template.select;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Laws that hold for every document and selector. */
class SelectorPropertiesTest {
  @Property(tries = 500)
  void anEscapedKeyFindsItsMember(@ForAll("texts") String key) throws SelectorException {
    TreeMap<ByteString, Json> members = new TreeMap<>();
    members.put(ByteString.of(key), new Json.Text(ByteString.of("found")));
    byte[] document = new Json.Obj(members).encode();
    assertThat(Gjson.get(document, Gjson.escape(key)).string().text()).isEqualTo("found");
  }

  @Property(tries = 200)
  void everyValueIsFoundWhereItIs(@ForAll("documents") Json document) throws SelectorException {
    follow(document, "", document.encode());
  }

  /** Goes through the tree and asks gjson for the way to every value. */
  private static void follow(Json value, String path, byte[] document) throws SelectorException {
    if (!path.isEmpty()) {
      assertThat(Gjson.get(document, path).raw().toBytes()).isEqualTo(value.encode());
    }
    switch (value) {
      case Json.Arr(List<Json> elements) -> {
        for (int i = 0; i < elements.size(); i++) {
          follow(elements.get(i), path.isEmpty() ? "" + i : path + "." + i, document);
        }
      }
      case Json.Obj object -> {
        for (ByteString key : object.members().keySet()) {
          String step = Gjson.escape(key.text());
          // Only at the very start of a path is an empty key not a component.
          if (!key.isEmpty()) {
            follow(
                object.members().getOrDefault(key, Json.Null.NULL),
                path.isEmpty() ? step : path + "." + step,
                document);
          }
        }
      }
      case Json.Null _, Json.Bool _, Json.Num _, Json.Text _ -> {}
    }
  }

  @Property(tries = 200)
  void encodingAndParsingAreInverse(@ForAll("documents") Json document) throws SelectorException {
    assertThat(Json.parse(document.encode())).isEqualTo(document);
    assertThat(JmesPath.parse("@").search(document)).isEqualTo(document);
    assertThat(Gjson.valid(document.encode())).isTrue();
  }

  @Property(tries = 200)
  void prettyAndUglyChangeNothingButSpace(@ForAll("documents") Json document)
      throws SelectorException {
    byte[] text = document.encode();
    byte[] pretty = Gjson.get(text, "@pretty").raw().toBytes();
    assertThat(Json.parse(pretty)).isEqualTo(document);
    assertThat(Gjson.get(pretty, "@ugly").raw().toBytes()).isEqualTo(text);
  }

  @Property(tries = 500)
  void theTwoValidatorsAgree(@ForAll("brokenJson") String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    boolean parses;
    try {
      Json.parse(bytes);
      parses = true;
    } catch (SelectorException e) {
      parses = false;
    }
    assertThat(Gjson.valid(bytes)).isEqualTo(parses);
  }

  @Property(tries = 1000)
  void numbersReadBackAsWritten(@ForAll double number) {
    for (String text : List.of(GoFloat.plain(number), GoFloat.general(number))) {
      assertThat(GoFloat.parse(ByteString.of(text))).isEqualTo(new GoFloat.Parsed(number, true));
    }
    assertThat(GoFloat.parse(ByteString.of(GoFloat.json(number))).value()).isEqualTo(number);
  }

  @Property(tries = 1000)
  void wildcardsMatchAsTheirDefinitionSays(
      @ForAll("globTexts") String text, @ForAll("globs") String pattern) throws SelectorException {
    boolean matches =
        Glob.matches(
            ByteString.of(text), ByteString.of(pattern), new Budget(SelectorLimits.DEFAULT));
    assertThat(matches).isEqualTo(matchesByDefinition(text, pattern));
  }

  private static boolean matchesByDefinition(String text, String pattern) {
    if (pattern.isEmpty()) {
      return text.isEmpty();
    }
    if (pattern.charAt(0) == '*') {
      return matchesByDefinition(text, pattern.substring(1))
          || (!text.isEmpty() && matchesByDefinition(text.substring(1), pattern));
    }
    return !text.isEmpty()
        && (pattern.charAt(0) == '?' || pattern.charAt(0) == text.charAt(0))
        && matchesByDefinition(text.substring(1), pattern.substring(1));
  }

  @Property(tries = 500)
  void nothingButSelectorExceptionsComesOut(
      @ForAll("selectors") String selector, @ForAll("brokenJson") String document) {
    SelectorFuzzTest.everything(selector, document.getBytes(StandardCharsets.UTF_8));
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings()
        .withChars(" .*?\\#|@!:\"'{}[]()<>&\n\u0001aé\u2028")
        .withCharRange('a', 'e')
        .ofMaxLength(8)
        .filter(text -> !text.isEmpty());
  }

  @Provide
  Arbitrary<String> globTexts() {
    return Arbitraries.strings().withChars("ab").ofMaxLength(8);
  }

  @Provide
  Arbitrary<String> globs() {
    return Arbitraries.strings().withChars("ab*?").ofMaxLength(7);
  }

  @Provide
  Arbitrary<String> selectors() {
    return Arbitraries.of(
            ".",
            "#",
            "*",
            "?",
            "|",
            "@",
            "!",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "\"",
            "'",
            "`",
            "\\",
            ":",
            ",",
            "=",
            "<",
            "%",
            "~",
            "&",
            "$",
            "..",
            "[?(",
            ")]",
            "[?",
            "a",
            "b",
            "é",
            "0",
            "1",
            "-1",
            "@dig:",
            "@join",
            "@pretty",
            "@group",
            "@flatten:{\"deep\":true}",
            "@fromstr",
            "@tostr",
            "range ",
            "end",
            "true",
            "sort_by(",
            "map(&",
            "length(@)",
            "max(",
            "to_string(",
            "to_number(",
            " ",
            "\n")
        .list()
        .ofMaxSize(12)
        .map(parts -> String.join("", parts));
  }

  @Provide
  Arbitrary<String> brokenJson() {
    return Arbitraries.of(
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"", "\\", "\\u00e9", "\\ud83d", "1", "-", "0",
            ".5", "1e3", "true", "false", "null", "nul", " ", "\n", "\"b\":", "\u0001", "nan", "+1",
            "é")
        .list()
        .ofMaxSize(10)
        .map(parts -> String.join("", parts));
  }

  @Provide
  Arbitrary<Json> documents() {
    Arbitrary<Json> leaves =
        Arbitraries.oneOf(
            Arbitraries.of(Json.Null.NULL, new Json.Bool(true), new Json.Bool(false)),
            Arbitraries.doubles().between(-1e30, 1e30).map(number -> new Json.Num(number + 0.0)),
            texts().map(text -> new Json.Text(ByteString.of(text))));
    return Arbitraries.recursive(() -> leaves, SelectorPropertiesTest::container, 1, 3);
  }

  private static Arbitrary<Json> container(Arbitrary<Json> inner) {
    Arbitrary<Json> arrays = inner.list().ofMaxSize(3).map(Json.Arr::new);
    Arbitrary<Json> objects =
        Arbitraries.maps(new SelectorPropertiesTest().texts().map(ByteString::of), inner)
            .ofMaxSize(3)
            .map(members -> new Json.Obj(new TreeMap<>(members)));
    List<Arbitrary<Json>> both = new ArrayList<>(List.of(arrays, objects));
    return Arbitraries.oneOf(both);
  }
}
