package dev.signet.template;

import dev.signet.template.ExpressionGrammar.Kind;
import dev.signet.template.ExpressionGrammar.Variable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Random templates with data, one after another from a seed: every action, variables and their
 * scopes, defined templates, comments and trim markers around the pipelines of {@link
 * ExpressionGrammar}. One in twelve is damaged afterwards, to see errors of the lexer and parser.
 */
final class TemplateGrammar {
  private static final List<String> DEFINED = List.of("one", "two", "three");
  private static final List<String> TEXTS =
      List.of(
          "text", " ", "\n", "\n  \n", "a: b\n", "{ }", "{", "}} ", "é日😀", "\t-", "<&>", "\"'`",
          "\r\n", "key = ", "# ", "  x  ");
  private static final List<String> COMMENTS =
      List.of("{{/* c */}}", "{{- /* c */ -}}", "{{/* a\nb */ -}}", "{{- /**/}}", "{{/* }} */}}");
  private static final List<String> DAMAGES =
      List.of(
          "{{",
          "}}",
          "{{end}}",
          "(",
          ")",
          "|",
          "\"",
          "`",
          ":=",
          "=",
          ",",
          ".",
          "$",
          "-",
          " ",
          "'",
          "\n",
          "{{else}}",
          "{{break}}",
          "{{- ",
          " -}}",
          "/*",
          "*/",
          "\\",
          "%",
          "é",
          "@",
          "nil",
          "else",
          "if");

  private final SplittableRandom random;
  private final ExpressionGrammar expressions;
  private final List<Variable> variables = new ArrayList<>();
  private final boolean sprig;
  private int defined;
  private int named;
  private int loops;
  private int statements;

  private TemplateGrammar(SplittableRandom random) {
    this.random = random;
    this.sprig = random.nextInt(100) < 92;
    this.expressions = new ExpressionGrammar(random, sprig, variables);
  }

  /** The case of that number; the same for the same seed. */
  static VectorCase vector(long seed, int number) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
    return new TemplateGrammar(random).vector("d-" + seed + "-" + number);
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private VectorCase vector(String id) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("id", id);
    fields.put("group", "differential");
    String text = template();
    putBytes(fields, "template", chance(8) ? damaged(Utf8.encode(text)) : Utf8.encode(text));
    if (chance(12)) {
      fields.put("dataKind", "strings");
      fields.put("data", strings());
    } else {
      fields.put("dataKind", "json");
      fields.put("data", data());
    }
    fields.put("missingkey", expressions.pick(List.of("default", "zero", "error")));
    fields.put("funcs", sprig ? "sprig" : "none");
    return new VectorCase(fields);
  }

  /** No template calls itself: a template calls later ones only. */
  private String template() {
    StringBuilder text = new StringBuilder();
    defined = chance(30) ? random.nextInt(1, DEFINED.size() + 1) : 0;
    for (int i = 0; i < defined; i++) {
      text.append(open()).append("define \"").append(DEFINED.get(i)).append('"').append(close());
      text.append(scope(i + 1, 2, List.of(), false)).append(end());
    }
    statements = 0;
    return text.append(scope(0, 3, List.of(), false)).toString();
  }

  /** A few statements; variables declared in them end with them. */
  private String scope(int firstTemplate, int depth, List<Variable> declared, boolean hidesDot) {
    int before = variables.size();
    variables.addAll(declared);
    if (hidesDot) {
      expressions.hideDot();
    }
    StringBuilder text = new StringBuilder();
    for (int count = 1 + random.nextInt(4); count > 0 && statements < 14; count--) {
      statements++;
      statement(text, firstTemplate, depth);
    }
    if (hidesDot) {
      expressions.showDot();
    }
    variables.subList(before, variables.size()).clear();
    return text.toString();
  }

  private void statement(StringBuilder text, int firstTemplate, int depth) {
    int choice = random.nextInt(depth > 0 ? 100 : 62);
    if (choice < 14) {
      text.append(expressions.pick(TEXTS));
    } else if (choice < 40) {
      text.append(open()).append(pipeline(expressions.anyValue())).append(close());
    } else if (choice < 50) {
      declare(text);
    } else if (choice < 54) {
      assign(text);
    } else if (choice < 57) {
      text.append(expressions.pick(COMMENTS));
    } else if (choice < 59 && (loops > 0 || chance(5))) {
      text.append(open()).append(chance(50) ? "break" : "continue").append(close());
    } else if (choice < 62) {
      callTemplate(text, firstTemplate);
    } else if (choice < 75) {
      branch(text, "if", firstTemplate, depth);
    } else if (choice < 84) {
      branch(text, "with", firstTemplate, depth);
    } else if (choice < 96) {
      range(text, firstTemplate, depth);
    } else {
      // By depth: the later of two blocks of one name holds for both, and none may call itself.
      text.append(open()).append("block \"block").append(depth).append("\" ");
      text.append(pipeline(expressions.anyValue())).append(close());
      List<Variable> outer = List.copyOf(variables);
      variables.clear();
      int outerLoops = loops;
      loops = 0;
      text.append(scope(DEFINED.size(), depth - 1, List.of(), false)).append(end());
      loops = outerLoops;
      variables.addAll(outer);
    }
  }

  private String pipeline(Kind kind) {
    return expressions.pipeline(kind, random.nextInt(4));
  }

  private Variable fresh(Kind kind) {
    return new Variable("$v" + named++, kind);
  }

  private void declare(StringBuilder text) {
    Kind kind = expressions.anyValue();
    String value = pipeline(kind);
    Variable variable = fresh(kind);
    text.append(open()).append(variable.name()).append(chance(80) ? " := " : ":=").append(value);
    text.append(close());
    variables.add(variable);
  }

  private void assign(StringBuilder text) {
    if (variables.isEmpty()) {
      declare(text);
      return;
    }
    Variable variable = expressions.pick(variables);
    text.append(open()).append(variable.name()).append(" = ").append(pipeline(variable.kind()));
    text.append(close());
  }

  private void callTemplate(StringBuilder text, int firstTemplate) {
    if (firstTemplate >= defined && chance(90)) {
      text.append(expressions.pick(TEXTS));
      return;
    }
    String name =
        firstTemplate < defined ? DEFINED.get(random.nextInt(firstTemplate, defined)) : "nowhere";
    text.append(open()).append("template \"").append(name).append('"');
    if (chance(75)) {
      text.append(' ').append(pipeline(expressions.anyValue()));
    }
    text.append(close());
  }

  private void branch(StringBuilder text, String word, int firstTemplate, int depth) {
    boolean with = word.equals("with");
    text.append(open()).append(word).append(' ');
    List<Variable> declared = condition(text);
    text.append(close()).append(scope(firstTemplate, depth - 1, declared, with));
    for (int more = chance(30) ? 1 + random.nextInt(2) : 0; more > 0; more--) {
      text.append(open()).append("else ").append(word).append(' ');
      List<Variable> all = new ArrayList<>(declared);
      all.addAll(condition(text));
      declared = all;
      text.append(close()).append(scope(firstTemplate, depth - 1, declared, with));
    }
    if (chance(45)) {
      text.append(open()).append("else").append(close());
      text.append(scope(firstTemplate, depth - 1, declared, false));
    }
    text.append(end());
  }

  private List<Variable> condition(StringBuilder text) {
    Kind kind = chance(50) ? Kind.BOOL : expressions.anyValue();
    String value = pipeline(kind);
    if (!chance(20)) {
      text.append(value);
      return List.of();
    }
    Variable variable = fresh(kind);
    text.append(variable.name()).append(" := ").append(value);
    return List.of(variable);
  }

  private void range(StringBuilder text, int firstTemplate, int depth) {
    Kind over =
        expressions.pick(
            List.of(Kind.LIST, Kind.LIST, Kind.LIST, Kind.DICT, Kind.DICT, Kind.SMALL, Kind.TEXT));
    String value = over == Kind.SMALL ? expressions.operand(over, 0) : pipeline(over);
    text.append(open()).append("range ");
    List<Variable> declared = new ArrayList<>();
    int count = random.nextInt(3);
    if (count == 2) {
      declared.add(fresh(over == Kind.DICT ? Kind.TEXT : Kind.INT));
    }
    if (count > 0) {
      declared.add(fresh(Kind.ANY));
      text.append(String.join(", ", declared.stream().map(Variable::name).toList()));
      text.append(" := ");
    }
    text.append(value).append(close());
    loops++;
    text.append(scope(firstTemplate, depth - 1, declared, true));
    loops--;
    if (chance(25)) {
      text.append(open()).append("else").append(close());
      text.append(scope(firstTemplate, depth - 1, List.of(), false));
    }
    text.append(end());
  }

  private String end() {
    return open() + "end" + close();
  }

  private String open() {
    return expressions.pick(List.of("{{", "{{", "{{", "{{ ", "{{- ", "{{-\n"));
  }

  private String close() {
    return expressions.pick(List.of("}}", "}}", "}}", " }}", " -}}", "\n-}}"));
  }

  /** As text where it is UTF-8, else as Base64; one character of {@code raw} is a byte. */
  static void putBytes(Map<String, @Nullable Object> fields, String field, String raw) {
    byte[] bytes = raw.getBytes(StandardCharsets.ISO_8859_1);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      fields.remove(field + "B64");
      fields.put(field, text);
    } catch (CharacterCodingException e) {
      fields.remove(field);
      fields.put(field + "B64", Base64.getEncoder().encodeToString(bytes));
    }
  }

  /** Some bytes more, fewer or doubled. Left alone is what would then be random or an address. */
  private String damaged(String text) {
    if (text.isEmpty()
        || text.matches("(?s).*(keys|values|rand|uuid|shuffle|[dD]ate|now|semver).*")) {
      return text;
    }
    StringBuilder damaged = new StringBuilder(text);
    for (int count = 1 + random.nextInt(2); count > 0; count--) {
      int at = random.nextInt(damaged.length());
      int end = Math.min(damaged.length(), at + 1 + random.nextInt(4));
      switch (random.nextInt(3)) {
        case 0 -> damaged.delete(at, end);
        case 1 -> damaged.insert(at, Utf8.encode(expressions.pick(DAMAGES)));
        default -> damaged.insert(at, damaged.substring(at, end));
      }
      if (damaged.isEmpty()) {
        damaged.append("{{");
      }
    }
    return damaged.toString();
  }

  private <T extends @Nullable Object> void maybe(
      Map<String, @Nullable Object> map, String key, List<T> values) {
    if (!chance(12)) {
      map.put(key, values.get(random.nextInt(values.size())));
    }
  }

  private Map<String, @Nullable Object> data() {
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    maybe(data, "user", List.of("Ada Lovelace", "a", "", "x\ny"));
    maybe(data, "greet", List.of("héllo wörld 日本", "ÀÉ", "😀"));
    maybe(data, "blank", List.of("", " ", "\t\n"));
    maybe(data, "csv", List.of("a,b,c", "one, two,,three", ","));
    maybe(data, "num", List.of("42", "-1", "3.14", "1e2", "0x10", "٣"));
    maybe(data, "blob", List.of(Map.of("$b64", "//6AAGFiYw=="), Map.of("$b64", "w6nDKA==")));
    maybe(data, "json", List.of("{\"k\":[1,true,null]}", "[]", "{", "1.5"));
    maybe(data, "count", List.of(42L, 3L, 1L));
    data.put("zero", 0L);
    maybe(data, "minus", List.of(-7L, -1L));
    maybe(data, "big", List.of(1L << 53, Long.MAX_VALUE, Long.MIN_VALUE, 10_000_000_000L));
    maybe(data, "pi", List.of(3.14159, 3.0, 1e21, 0.1));
    maybe(data, "ratio", List.of(0.75, 1e6, 123456789.0, -0.0));
    maybe(data, "tiny", List.of(1e-7, Double.MIN_VALUE, Double.MAX_VALUE));
    data.put("yes", true);
    data.put("no", false);
    data.put("none", null);
    maybe(data, "nums", List.of(List.of(3L, 1L, 2L, 10L), List.of(1L), List.of(2.5, 1L)));
    maybe(data, "fruits", List.of(List.of("apple", "Banana", "cherry", "apple"), List.of("x")));
    maybe(data, "nolist", List.of(List.of()));
    List<@Nullable Object> mixed = new ArrayList<>(List.of(1L, "two", 3.5, true, List.of("n", 1L)));
    mixed.add(null);
    mixed.add(Map.of("k", "v"));
    maybe(data, "mixed", List.of(mixed, List.of(List.of(1L), List.of())));
    maybe(data, "users", List.of(List.of(user("ann", 31), user("bob", 25)), List.of(user("", 0))));
    Map<String, @Nullable Object> config = new LinkedHashMap<>();
    maybe(config, "host", List.of("db.example.com", "localhost"));
    maybe(config, "port", List.of(5432L, 80L));
    maybe(config, "tls", List.of(true, false));
    maybe(config, "ratio", List.of(0.75, 2.0));
    maybe(config, "tags", List.of(List.of("a", "b"), List.of()));
    maybe(config, "sub", List.of(Map.of("x", Map.of("y", "deep"))));
    maybe(data, "cfg", List.of(config));
    data.put("nomap", Map.of());
    Map<String, @Nullable Object> labels = new LinkedHashMap<>();
    labels.put("b-key", "2");
    labels.put("app", "web");
    labels.put("", 0L);
    labels.put("é", null);
    maybe(data, "labels", List.of(labels, Map.of("app", "x")));
    maybe(data, "any", List.of("text", 7L, 2.5, false, List.of(1L), Map.of("a", 1L)));
    return data;
  }

  private static Map<String, Object> user(String name, long age) {
    return Map.of("name", name, "age", age);
  }

  private Map<String, @Nullable Object> strings() {
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    for (String key :
        List.of(
            "user", "greet", "blank", "csv", "num", "json", "count", "pi", "yes", "nums", "cfg",
            "host")) {
      maybe(data, key, List.of("", "abc", "héllo", "12", "a,b", "{\"a\":1}", "true", "x\ny"));
    }
    return data;
  }
}
