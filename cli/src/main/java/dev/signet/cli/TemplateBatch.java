package dev.signet.cli;

import dev.signet.template.Value;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.GoJson;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Renders many templates, one JSON object a line, and answers each with a line before it reads the
 * next. A line that cannot be read is answered with an error of phase {@code input} and its number;
 * the lines after it are rendered all the same.
 *
 * <p>Fields: {@code template} or {@code templateB64}; {@code data} with {@code dataKind} {@code
 * json} (default; <code>{"$b64": "…"}</code> is a string of these bytes) or {@code strings} (a Go
 * {@code map[string]string}); {@code missingkey}; {@code funcs}; {@code name}, which errors call
 * the template ({@code t} without); {@code id}. The last two are repeated in the answer. Others are
 * passed over.
 */
final class TemplateBatch {

  private static final int LONGEST_LINE = ReadLimits.DEFAULT.bytes();

  /** A line that cannot be read; the message never quotes it. */
  private static final class BadLine extends Exception {
    private static final long serialVersionUID = 1;

    BadLine(String message) {
      super(message, null, false, false);
    }
  }

  private final Surroundings surroundings;
  private final TemplateFunctions functions;
  private final boolean reveal;
  private int read;
  private int bad;

  TemplateBatch(Surroundings surroundings, boolean reveal) {
    this.surroundings = surroundings;
    this.functions = new TemplateFunctions(surroundings);
    this.reveal = reveal;
  }

  int run(String file) throws CommandFailure {
    try (InputStream in =
        file.equals("-")
            ? new BufferedInputStream(surroundings.in())
            : new BufferedInputStream(Files.newInputStream(surroundings.path(file)))) {
      for (byte[] line = line(in); line != null; line = line(in)) {
        read++;
        if (!new String(line, StandardCharsets.ISO_8859_1).isBlank()) {
          answer(line);
        }
      }
    } catch (IOException e) {
      throw CommandFailure.of("cannot read " + file + ": " + InputOutput.reason(e));
    }
    if (bad > 0) {
      throw CommandFailure.withCode(
          ExitCode.NOT_DELIVERED,
          (bad == 1 ? "1 line" : bad + " lines") + " of " + read + " could not be read");
    }
    return ExitCode.OK;
  }

  private void answer(byte[] line) throws CommandFailure {
    Map<String, Object> tree = new LinkedHashMap<>();
    try {
      Map<String, @Nullable Object> fields = fields(line);
      for (String echoed : List.of("id", "name")) {
        Object value = fields.get(echoed);
        if (value != null) {
          tree.put(echoed, value);
        }
      }
      TemplateResult.of(text(fields), data(fields), reveal, surroundings.templateSources())
          .addTo(tree);
    } catch (BadLine e) {
      bad++;
      tree.put("line", (long) read);
      tree.put("error", String.valueOf(e.getMessage()));
      tree.put("phase", "input");
    }
    surroundings.out().print(GoJson.write(tree, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN));
    surroundings.out().print('\n');
    surroundings.out().flush();
    if (surroundings.out().checkError()) {
      throw CommandFailure.of(
          "cannot write to standard output: is the disk full, or the reader gone?");
    }
  }

  private static Map<String, @Nullable Object> fields(byte[] line) throws BadLine {
    if (line.length == LONGEST_LINE) {
      throw new BadLine("the line is longer than " + (LONGEST_LINE - 1) + " bytes");
    }
    try {
      List<Document> documents =
          Documents.read(line, "line", ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS);
      if (documents.size() == 1 && documents.getFirst().syntax() == Document.Syntax.JSON) {
        return documents.getFirst().tree();
      }
      throw new BadLine("the line must be one JSON object");
    } catch (MalformedDocumentException e) {
      throw new BadLine("the line must be one JSON object: " + e.problem());
    }
  }

  private TemplateText text(Map<String, @Nullable Object> fields) throws BadLine {
    Optional<String> base64 = string(fields, "templateB64");
    byte[] bytes;
    if (base64.isPresent()) {
      bytes = decoded(base64.get(), "templateB64");
    } else {
      bytes =
          string(fields, "template")
              .orElseThrow(() -> new BadLine("template is missing"))
              .getBytes(StandardCharsets.UTF_8);
    }
    String set = string(fields, "funcs").orElse("sprig");
    String name =
        switch (set) {
          case "both" -> "sprig";
          case "eso" -> "external-secrets";
          default -> set;
        };
    FunctionSet functionSet =
        FunctionSet.find(name)
            .orElseThrow(
                () -> new BadLine("funcs must be one of both, eso, " + FunctionSet.names()));
    try {
      return new TemplateText(
          string(fields, "name").orElse("t"),
          bytes,
          functions.of(functionSet),
          TemplateInput.missingKey(string(fields, "missingkey").orElse("default")));
    } catch (CommandFailure e) {
      throw new BadLine(e.getMessage());
    }
  }

  private static Value data(Map<String, @Nullable Object> fields) throws BadLine {
    String kind = string(fields, "dataKind").orElse("json");
    Object data = fields.get("data");
    try {
      return switch (kind) {
        case "json" -> TemplateInput.any(data, true);
        case "strings" -> strings(data);
        default -> throw new BadLine("dataKind must be json or strings");
      };
    } catch (IllegalArgumentException e) {
      throw new BadLine("a $b64 in data is not Base64");
    }
  }

  private static Value strings(@Nullable Object data) throws BadLine {
    Map<String, byte[]> values = new LinkedHashMap<>();
    if (!(data instanceof Map<?, ?> map)) {
      throw new BadLine("data must be an object for dataKind strings");
    }
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (entry.getValue() instanceof String text) {
        values.put((String) entry.getKey(), text.getBytes(StandardCharsets.UTF_8));
      } else if (entry.getValue() instanceof Map<?, ?> bytes
          && bytes.get("$b64") instanceof String base64) {
        values.put((String) entry.getKey(), decoded(base64, "a $b64 in data"));
      } else {
        throw new BadLine("data must hold strings only for dataKind strings");
      }
    }
    return Value.stringMap(values);
  }

  private static byte[] decoded(String base64, String field) throws BadLine {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new BadLine(field + " is not Base64");
    }
  }

  private static Optional<String> string(Map<String, @Nullable Object> fields, String name)
      throws BadLine {
    Object value = fields.get(name);
    if (value != null && !(value instanceof String)) {
      throw new BadLine(name + " must be a string");
    }
    return Optional.ofNullable((String) value);
  }

  /** The next line without its end, cut at the limit; null at the end of the input. */
  private static byte @Nullable [] line(InputStream in) throws IOException {
    int next = in.read();
    if (next < 0) {
      return null;
    }
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    for (; next >= 0 && next != '\n'; next = in.read()) {
      if (line.size() < LONGEST_LINE) {
        line.write(next);
      }
    }
    return line.toByteArray();
  }
}
