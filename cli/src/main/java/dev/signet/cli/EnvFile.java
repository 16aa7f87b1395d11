package dev.signet.cli;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file of {@code envs} as KSOPS reads it, which is as godotenv 1.5.1 does.
 *
 * <pre>
 * [export ]KEY = value     or a colon; keys of letters, digits, dots and underscores
 * value                    to the end of the line, without blanks around it and a " # comment"
 * 'value'                  as it is, over several lines if need be
 * "value"                  the same, \n and \r being what they say, before all else a backslash goes
 * $KEY ${KEY}              what stood before under that key, in capitals; nothing, where there is none; \$ is a dollar
 * </pre>
 *
 * <p>Where godotenv takes a line without a key for one with an empty key, this one refuses.
 */
final class EnvFile {

  /** It is none; the message quotes no value. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedException(String message) {
      super(message);
    }
  }

  private static final String BLANK = "\t\u000b\f\r \u0085\u00a0";
  private static final Pattern ESCAPE = Pattern.compile("\\\\.");
  private static final Pattern BACKSLASH = Pattern.compile("\\\\([^$])", Pattern.DOTALL);
  private static final Pattern VARIABLE =
      Pattern.compile("(\\\\)?(\\$)(\\()?\\{?([A-Z0-9_]+)?\\}?");

  private final String text;
  private final Map<String, String> values = new TreeMap<>();
  private int at;

  private EnvFile(String text) {
    this.text = text;
  }

  static Map<String, String> read(String text) throws MalformedException {
    EnvFile file = new EnvFile(text.replace("\r\n", "\n"));
    while (file.goToStatement()) {
      String key = file.key();
      file.values.put(key, file.value());
    }
    return file.values;
  }

  private boolean goToStatement() {
    while (at < text.length()) {
      char next = text.charAt(at);
      if (next == '#') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (next == '\n' || isBlank(next)) {
        at++;
      } else {
        return true;
      }
    }
    return false;
  }

  private static boolean isBlank(char letter) {
    return BLANK.indexOf(letter) >= 0;
  }

  private void skipBlanks() {
    while (at < text.length() && isBlank(text.charAt(at))) {
      at++;
    }
  }

  private String key() throws MalformedException {
    String export = "export";
    int after = at + export.length();
    if (text.startsWith(export, at) && after < text.length() && isBlank(text.charAt(after))) {
      at = after;
      skipBlanks();
    }
    int start = at;
    while (at < text.length()) {
      char next = text.charAt(at);
      if (next == '=' || next == ':') {
        String key = text.substring(start, at).strip();
        at++;
        skipBlanks();
        if (key.isEmpty()) {
          break;
        }
        return key;
      }
      if (!isBlank(next) && next != '_' && next != '.' && !isAsciiLetterOrDigit(next)) {
        break;
      }
      at++;
    }
    throw new MalformedException("line " + line(start) + " is no key and value");
  }

  private static boolean isAsciiLetterOrDigit(char letter) {
    return letter < 0x80 && Character.isLetterOrDigit(letter);
  }

  private long line(int place) {
    return text.substring(0, Math.min(place, text.length())).chars().filter(c -> c == '\n').count()
        + 1;
  }

  private String value() throws MalformedException {
    char quote = at < text.length() ? text.charAt(at) : '\n';
    return quote == '"' || quote == '\'' ? quoted(quote) : unquoted();
  }

  private String unquoted() {
    int end = at;
    while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
      end++;
    }
    String line = text.substring(at, end);
    at = end;
    for (int i = line.length() - 1; i > 0; i--) {
      if (line.charAt(i) == '#' && isBlank(line.charAt(i - 1))) {
        line = line.substring(0, i);
        break;
      }
    }
    return expanded(trimmed(line, BLANK));
  }

  private String quoted(char quote) throws MalformedException {
    for (int end = at + 1; end < text.length(); end++) {
      if (text.charAt(end) == quote && text.charAt(end - 1) != '\\') {
        String inner = trimmed(text.substring(at, end), String.valueOf(quote));
        at = end + 1;
        return quote == '"' ? expanded(unescaped(inner)) : inner;
      }
    }
    throw new MalformedException("line " + line(at) + " has a quote that does not end");
  }

  private static String trimmed(String text, String letters) {
    int start = 0;
    int end = text.length();
    while (start < end && letters.indexOf(text.charAt(start)) >= 0) {
      start++;
    }
    while (end > start && letters.indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    return text.substring(start, end);
  }

  private static String unescaped(String text) {
    String lines =
        ESCAPE
            .matcher(text)
            .replaceAll(
                match ->
                    Matcher.quoteReplacement(
                        switch (match.group()) {
                          case "\\n" -> "\n";
                          case "\\r" -> "\r";
                          default -> match.group();
                        }));
    return BACKSLASH.matcher(lines).replaceAll("$1");
  }

  private String expanded(String value) {
    return VARIABLE.matcher(value).replaceAll(match -> Matcher.quoteReplacement(expansion(match)));
  }

  private String expansion(MatchResult match) {
    if (match.group(1) != null) {
      return match.group().substring(1);
    }
    @Nullable String name = match.group(4);
    return name == null ? match.group() : values.getOrDefault(name, "");
  }
}
