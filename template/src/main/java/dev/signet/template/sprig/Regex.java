package dev.signet.template.sprig;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.signet.template.GoError;
import dev.signet.template.Meter;
import dev.signet.template.Quote;
import dev.signet.template.Unicode;
import dev.signet.template.Utf8;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A regular expression of RE2/J, with Go's rules for where the next match starts. RE2/J takes time
 * linear in text times expression; that product is charged for each search. An empty match right
 * after another match does not count, and expressions are limited in size before they are compiled,
 * since repetition multiplies it.
 */
final class Regex {
  private static final int MAX_EXPRESSION = 10_000;
  private final Meter meter;
  private final Pattern pattern;

  private Regex(Meter meter, Pattern pattern) {
    this.meter = meter;
    this.pattern = pattern;
  }

  static Regex compile(Meter meter, String raw) throws GoError {
    meter.steps(raw.length());
    if (raw.length() > MAX_EXPRESSION) {
      throw new GoError("error parsing regexp: expression too large: " + quoted(raw));
    }
    if (!Utf8.isValid(raw)) {
      throw invalidUtf8(raw, Utf8.validPrefix(raw));
    }
    RegexCheck.check(raw);
    try {
      Pattern pattern = Pattern.compile(Utf8.decode(raw));
      meter.memory(pattern.programSize() * 64L);
      return new Regex(meter, pattern);
    } catch (PatternSyntaxException e) {
      throw new GoError(Utf8.encode(String.valueOf(e.getMessage())));
    }
  }

  /** A mistake before the invalid byte comes first; that something is not closed comes later. */
  private static GoError invalidUtf8(String raw, int at) {
    try {
      Pattern.compile(Utf8.decode(raw.substring(0, at)));
    } catch (PatternSyntaxException e) {
      String message = Utf8.encode(String.valueOf(e.getMessage()));
      if (!message.contains(": missing closing") && !message.contains(": trailing backslash")) {
        return new GoError(message);
      }
    }
    return new GoError("error parsing regexp: invalid UTF-8: `" + raw.substring(at) + "`");
  }

  static String quoted(String raw) {
    return Quote.isBackquotable(raw) ? "`" + raw + "`" : Quote.quote(raw);
  }

  private void charge(int length) {
    meter.steps((length + 1L) * (pattern.programSize() + 8L) / 128 + 1);
  }

  private Subject subject(String raw) {
    meter.memory(raw.length() * 2L);
    return Subject.of(raw);
  }

  boolean matches(String raw) {
    charge(raw.length());
    return pattern.matcher(subject(raw).text()).find();
  }

  /** The first match, or nothing. */
  String find(String raw) {
    List<int[]> found = all(raw, 1);
    return found.isEmpty() ? "" : raw.substring(found.getFirst()[0], found.getFirst()[1]);
  }

  /** Start and end of up to {@code limit} matches, all where it is negative. */
  List<int[]> all(String raw, long limit) {
    List<int[]> found = new ArrayList<>();
    Subject subject = subject(raw);
    Matcher matcher = pattern.matcher(subject.text());
    int length = subject.text().length();
    int at = 0;
    int previousEnd = -1;
    while ((limit < 0 || found.size() < limit) && at <= length) {
      if (!matcher.find(at)) {
        charge(length - at);
        break;
      }
      charge(matcher.end() - at);
      int start = matcher.start();
      int end = matcher.end();
      boolean accept = true;
      if (end == at) {
        accept = start != previousEnd;
        at += Math.max(subject.width(at), 1);
      } else {
        at = end;
      }
      previousEnd = end;
      if (accept) {
        meter.elements(1);
        found.add(new int[] {subject.toByte(start), subject.toByte(end)});
      }
    }
    return found;
  }

  /** Replaces all matches; {@code $name}, {@code $1} and {@code ${1}} stand for groups. */
  String replaceAll(String raw, String replacement, boolean groups) {
    StringBuilder out = new StringBuilder();
    Subject subject = subject(raw);
    Matcher matcher = pattern.matcher(subject.text());
    int length = subject.text().length();
    int at = 0;
    int lastEnd = 0;
    while (at <= length && matcher.find(at)) {
      charge(matcher.end() - at);
      int start = matcher.start();
      int end = matcher.end();
      int before = out.length();
      out.append(raw, subject.toByte(lastEnd), subject.toByte(start));
      if (end > lastEnd || start == 0) {
        if (groups) {
          expand(out, raw, replacement, matcher, subject);
        } else {
          out.append(replacement);
        }
      }
      meter.memory(out.length() - before);
      lastEnd = end;
      int width = subject.width(at);
      at = at + width > end ? at + width : at + 1 > end ? at + 1 : end;
    }
    charge(length - Math.min(at, length));
    int rest = subject.toByte(lastEnd);
    meter.memory(raw.length() - rest);
    return out.append(raw, rest, raw.length()).toString();
  }

  private void expand(
      StringBuilder out, String raw, String template, Matcher matcher, Subject subject) {
    int at = 0;
    while (true) {
      int dollar = template.indexOf('$', at);
      if (dollar < 0) {
        out.append(template, at, template.length());
        return;
      }
      out.append(template, at, dollar);
      at = dollar + 1;
      if (at < template.length() && template.charAt(at) == '$') {
        out.append('$');
        at++;
        continue;
      }
      boolean brace = at < template.length() && template.charAt(at) == '{';
      int start = brace ? at + 1 : at;
      int end = start;
      while (end < template.length() && isNamePart(Utf8.codePoint(template, end))) {
        end += Utf8.width(template, end);
      }
      if (end == start || (brace && (end >= template.length() || template.charAt(end) != '}'))) {
        out.append('$');
        continue;
      }
      group(out, raw, template.substring(start, end), matcher, subject);
      at = brace ? end + 1 : end;
    }
  }

  private static boolean isNamePart(int c) {
    return c == '_' || Unicode.isLetter(c) || Unicode.isDigit(c);
  }

  private void group(StringBuilder out, String raw, String name, Matcher matcher, Subject subject) {
    int index = number(name);
    if (index < 0) {
      for (Map.Entry<String, Integer> entry : pattern.namedGroups().entrySet()) {
        if (entry.getKey().equals(Utf8.decode(name))) {
          index = entry.getValue();
        }
      }
    }
    if (index >= 0 && index <= pattern.groupCount() && matcher.start(index) >= 0) {
      out.append(raw, subject.toByte(matcher.start(index)), subject.toByte(matcher.end(index)));
    }
  }

  /** The group number that a name is; -1 where it is a name. */
  private static int number(String name) {
    if (name.length() > 8 || (name.length() > 1 && name.charAt(0) == '0')) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + c - '0';
    }
    return number;
  }
}
