package dev.signet.sops;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.signet.sops.SopsException.Step;
import dev.signet.sops.Value.Bool;
import dev.signet.sops.Value.Branch;
import dev.signet.sops.Value.Comment;
import dev.signet.sops.Value.Field;
import dev.signet.sops.Value.Int;
import dev.signet.sops.Value.Member;
import dev.signet.sops.Value.OddField;
import dev.signet.sops.Value.Raw;
import dev.signet.sops.Value.Real;
import dev.signet.sops.Value.Sequence;
import dev.signet.sops.Value.Text;
import dev.signet.sops.Value.Time;
import dev.signet.yaml.GoJson;
import dev.signet.yaml.GoNumbers;
import dev.signet.yaml.ReadLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * JSON: one object, whose keys keep their order, duplicates included; what follows it is not read.
 * A number is an integer if it is written as one and fits 64 bits, else a float. Comments are not
 * written.
 */
final class JsonFormat implements Format {

  private static final int NUMBER_CHARACTERS = 1000;

  private final int indent;

  JsonFormat(int indent) {
    this.indent = indent;
  }

  @Override
  public Placement placement() {
    return Placement.BRANCH;
  }

  @Override
  public List<Branch> read(byte[] text) throws SopsException {
    // Bytes that are not UTF-8 become U+FFFD, as in Go.
    try (JsonParser parser = parser(text)) {
      JsonToken first = parser.nextToken();
      if (first != JsonToken.START_OBJECT) {
        throw malformed(
            first == null
                ? "EOF"
                : "SOPS only supports JSON files with a top-level object (starting with '{'), not"
                    + " arrays or other types. To encrypt this file, wrap it in an object, e.g.,"
                    + " {\"data\": [...]}");
      }
      return List.of(object(parser));
    } catch (IOException e) {
      // The parser's own words quote the text.
      throw malformed("invalid JSON");
    }
  }

  private static JsonParser parser(byte[] text) throws IOException, SopsException {
    ReadLimits limits = ReadLimits.DEFAULT;
    if (text.length > limits.bytes()) {
      throw malformed("more bytes than the limit of " + limits.bytes());
    }
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(limits.depth())
                    .maxNumberLength(NUMBER_CHARACTERS)
                    .maxNameLength(limits.bytes())
                    .maxStringLength(limits.bytes())
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();
    return factory.createParser(new String(text, StandardCharsets.UTF_8));
  }

  /** A value by itself, with nothing behind it. */
  static Value readValue(byte[] text) throws SopsException {
    try (JsonParser parser = parser(text)) {
      Value value = value(parser, parser.nextToken());
      if (parser.nextToken() != null) {
        throw malformed("there is more behind the value");
      }
      return value;
    } catch (IOException e) {
      // The parser's own words quote the text.
      throw malformed("invalid JSON");
    }
  }

  private static SopsException malformed(String why) {
    return new SopsException(Step.READ, "Could not unmarshal input data: " + why);
  }

  private static Branch object(JsonParser parser) throws IOException, SopsException {
    Branch branch = new Branch();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = wellFormed(parser.currentName());
      branch.add(key, value(parser, parser.nextToken()));
    }
    return branch;
  }

  private static Value value(JsonParser parser, @Nullable JsonToken token)
      throws IOException, SopsException {
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> {
        Sequence sequence = new Sequence();
        for (JsonToken next = parser.nextToken();
            next != JsonToken.END_ARRAY;
            next = parser.nextToken()) {
          sequence.items().add(value(parser, next));
        }
        yield sequence;
      }
      case VALUE_STRING -> new Text(wellFormed(parser.getText()));
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getText());
      case VALUE_TRUE -> new Bool(true);
      case VALUE_FALSE -> new Bool(false);
      case VALUE_NULL -> new Value.Null();
      case null, default -> throw malformed("unexpected end of JSON input");
    };
  }

  private static Value number(String text) throws SopsException {
    try {
      return new Int(Long.parseLong(text));
    } catch (NumberFormatException noInteger) {
      double number = Double.parseDouble(text);
      if (Double.isInfinite(number)) {
        throw malformed("a number is out of range");
      }
      return new Real(number);
    }
  }

  /** Half a surrogate pair becomes U+FFFD. */
  private static String wellFormed(String text) {
    boolean odd = text.codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF);
    return odd
        ? text.codePoints()
            .map(c -> c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString()
        : text;
  }

  @Override
  public byte[] write(List<Branch> branches) throws SopsException {
    StringBuilder out = new StringBuilder();
    new Writing(out).value(branches.getFirst(), 0);
    return out.append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] writeValue(Value value) throws SopsException {
    StringBuilder out = new StringBuilder();
    new Writing(out).value(value, 0);
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private final class Writing {

    private final StringBuilder out;

    Writing(StringBuilder out) throws SopsException {
      if (indent < -1) {
        throw new SopsException(
            Step.WRITE, "JSON Indentation parameter smaller than -1 is not accepted");
      }
      this.out = out;
    }

    void value(Value value, int depth) throws SopsException {
      switch (value) {
        case Branch branch -> object(branch, depth);
        case Sequence sequence -> array(sequence, depth);
        case Text text -> string(text.text());
        case Raw raw -> string(new String(raw.bytes(), StandardCharsets.UTF_8));
        case Comment comment -> string(comment.text());
        case Int number -> out.append(number.number());
        case Bool bool -> out.append(bool.flag());
        case Real number -> {
          if (Double.isNaN(number.number()) || Double.isInfinite(number.number())) {
            throw new SopsException(
                Step.WRITE, "json: unsupported value: " + GoNumbers.plain(number.number()));
          }
          out.append(GoNumbers.json(number.number()));
        }
        case Time time -> string(DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time.time()));
        case Value.Null _, Value.Odd _ -> out.append("null");
      }
    }

    private void object(Branch branch, int depth) throws SopsException {
      out.append('{');
      boolean empty = true;
      for (Member member : branch.members()) {
        switch (member) {
          case Field field -> {
            out.append(empty ? "" : ",");
            empty = false;
            line(depth + 1);
            string(field.key());
            out.append(": ");
            value(field.value(), depth + 1);
          }
          case Comment _ -> {}
          case OddField _ -> throw new IllegalStateException("a key that is no text");
        }
      }
      if (!empty) {
        line(depth);
      }
      out.append('}');
    }

    private void array(Sequence sequence, int depth) throws SopsException {
      out.append('[');
      boolean empty = true;
      for (Value item : sequence.items()) {
        if (item instanceof Comment) {
          continue;
        }
        out.append(empty ? "" : ",");
        empty = false;
        line(depth + 1);
        value(item, depth + 1);
      }
      if (!empty) {
        line(depth);
      }
      out.append(']');
    }

    private void line(int depth) {
      out.append('\n');
      out.repeat(indent < 0 ? "\t" : " ".repeat(indent), depth);
    }

    private void string(String text) {
      out.append(GoJson.write(text, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN));
    }
  }

  @Override
  public byte[] example() {
    return """
        {
        	"hello": "Welcome to SOPS! Edit this file as you please!",
        	"example_key": "example_value",
        	"example_array": [
        		"example_value1",
        		"example_value2"
        	],
        	"example_number": 1234.56789,
        	"example_booleans": [
        		true,
        		false
        	]
        }
        """
        .getBytes(StandardCharsets.UTF_8);
  }
}
