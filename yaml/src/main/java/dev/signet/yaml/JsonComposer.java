package dev.signet.yaml;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.signet.yaml.MalformedDocumentException.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON values that follow one another, losslessly: integers of any size stay integers. A
 * surrogate without a partner becomes U+FFFD, as in Go.
 */
final class JsonComposer {

  /** Longer numbers are refused: turning them into binary takes quadratic time. */
  private static final int NUMBER_CHARACTERS = 1000;

  private final JsonParser parser;
  private final Budget budget;
  private final DuplicateKeys duplicates;

  JsonComposer(byte[] input, Budget budget, DuplicateKeys duplicates) {
    this.budget = budget;
    this.duplicates = duplicates;
    ReadLimits limits = budget.limits;
    StreamReadConstraints constraints =
        StreamReadConstraints.builder()
            .maxNestingDepth(limits.depth())
            .maxNumberLength(NUMBER_CHARACTERS)
            .maxNameLength(limits.bytes())
            .maxStringLength(limits.bytes())
            .build();
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(constraints)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();
    try {
      this.parser = factory.createParser(input);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Moves to the next value; false at the end of the input. */
  boolean advance() throws Problem {
    try {
      return parser.nextToken() != null;
    } catch (IOException e) {
      throw problem(e);
    }
  }

  /** The line of the value that {@link #advance} moved to, counted from 0. */
  int line() {
    return parser.currentTokenLocation().getLineNr() - 1;
  }

  /** The value that {@link #advance} moved to. */
  @Nullable Object value() throws Problem {
    try {
      return value(parser.currentToken());
    } catch (IOException e) {
      throw problem(e);
    }
  }

  /** Where the value just read ends. */
  int offset() {
    return (int) parser.currentLocation().getByteOffset();
  }

  private @Nullable Object value(@Nullable JsonToken token) throws IOException, Problem {
    budget.node();
    if (token == null) {
      throw problem("unexpected end of input");
    }
    return switch (token) {
      case START_OBJECT -> object();
      case START_ARRAY -> array();
      case VALUE_STRING -> TextShape.wellFormed(parser.getText());
      case VALUE_NUMBER_INT -> integer();
      case VALUE_NUMBER_FLOAT -> decimal();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw problem("malformed json");
    };
  }

  private List<@Nullable Object> array() throws IOException, Problem {
    List<@Nullable Object> list = new ArrayList<>();
    for (JsonToken next = parser.nextToken();
        next != JsonToken.END_ARRAY;
        next = parser.nextToken()) {
      list.add(value(next));
    }
    return list;
  }

  private Number integer() throws IOException {
    if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      return parser.getBigIntegerValue();
    }
    return parser.getLongValue();
  }

  private Double decimal() throws IOException, Problem {
    double number = parser.getDoubleValue();
    if (Double.isInfinite(number)) {
      throw problem("a number is out of range");
    }
    return number;
  }

  private Map<String, @Nullable Object> object() throws IOException, Problem {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (JsonToken next = parser.nextToken();
        next == JsonToken.FIELD_NAME;
        next = parser.nextToken()) {
      String key = TextShape.wellFormed(parser.currentName());
      if (duplicates == DuplicateKeys.REJECTED && map.containsKey(key)) {
        throw problem(
            Kind.DUPLICATE_KEY,
            "this key is already set in its object",
            parser.currentTokenLocation());
      }
      map.put(key, value(parser.nextToken()));
    }
    return map;
  }

  private Problem problem(String text) {
    return problem(Kind.SYNTAX, text, parser.currentTokenLocation());
  }

  /** Jackson's own words quote the input. */
  private Problem problem(IOException e) {
    if (!(e instanceof JsonProcessingException syntax)) {
      return problem("malformed json");
    }
    JsonLocation place = syntax.getLocation();
    String words = syntax.getOriginalMessage();
    if (e instanceof StreamConstraintsException) {
      return words.contains("nesting depth")
          ? Budget.limit("nested deeper", budget.limits.depth())
          : words.startsWith("Number")
              ? Budget.limit("a number has more digits", NUMBER_CHARACTERS)
              : new Problem(Kind.LIMIT, "a limit of the json parser was reached");
    }
    return problem(Kind.SYNTAX, withoutContent(words), place);
  }

  private static String withoutContent(String words) {
    if (words.startsWith("Unexpected end-of-input")) {
      return "unexpected end of input";
    }
    if (words.startsWith("Unexpected character")) {
      return "unexpected character";
    }
    if (words.startsWith("Unrecognized token")) {
      return "unexpected word";
    }
    if (words.startsWith("Unexpected close marker")) {
      return "unexpected closing bracket";
    }
    if (words.startsWith("Illegal unquoted character")) {
      return "a string contains a control character that is not escaped";
    }
    if (words.startsWith("Unrecognized character escape")) {
      return "unknown escape in a string";
    }
    return "malformed json";
  }

  private static Problem problem(Kind kind, String text, @Nullable JsonLocation place) {
    return place == null || place.getLineNr() < 1
        ? new Problem(kind, text)
        : new Problem(kind, text, place.getLineNr() - 1, place.getColumnNr() - 1);
  }
}
