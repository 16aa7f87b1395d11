package dev.signet.template.select;

import java.util.BitSet;

/**
 * Tells whether a text is one JSON value by RFC 8259. Open brackets are kept in a bit set instead
 * of on the stack, so the depth of a document is no concern.
 */
final class GjsonValidator {
  private final ByteString json;
  private final BitSet objects = new BitSet();
  private int depth;
  private int at;

  GjsonValidator(ByteString json) {
    this.json = json;
  }

  boolean valid() {
    boolean value = true;
    while (true) {
      // Here a value is expected; the inner loop then closes what it completes.
      space();
      if (at == json.length()) {
        return false;
      }
      int c = json.at(at++);
      if (c == '{' || c == '[') {
        objects.set(depth++, c == '{');
        space();
        if (json.is(at, c == '{' ? '}' : ']')) {
          at++;
          depth--;
        } else if (c == '{' && !key()) {
          return false;
        } else {
          continue;
        }
      } else {
        value = scalar(c);
      }
      while (value && depth > 0) {
        space();
        if (json.is(at, ',')) {
          at++;
          space();
          if (objects.get(depth - 1) && !key()) {
            return false;
          }
          break;
        }
        value = json.is(at, objects.get(depth - 1) ? '}' : ']');
        at++;
        depth--;
      }
      if (!value || depth == 0) {
        space();
        return value && at == json.length();
      }
    }
  }

  private boolean key() {
    if (!json.is(at, '"')) {
      return false;
    }
    at++;
    if (!string()) {
      return false;
    }
    space();
    return json.is(at++, ':');
  }

  private boolean scalar(int first) {
    return switch (first) {
      case '"' -> string();
      case 't' -> word("rue");
      case 'f' -> word("alse");
      case 'n' -> word("ull");
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(first);
      default -> false;
    };
  }

  private boolean string() {
    while (at < json.length()) {
      int c = json.at(at++);
      if (c == '"') {
        return true;
      }
      if (c < ' ' || (c == '\\' && !escape())) {
        return false;
      }
    }
    return false;
  }

  private boolean escape() {
    if (at == json.length() || "\"\\/bfnrtu".indexOf(json.at(at)) < 0) {
      return false;
    }
    if (json.at(at++) == 'u') {
      for (int i = 0; i < 4; i++, at++) {
        if (at >= json.length() || json.at(at) >= 0x80 || Character.digit(json.at(at), 16) < 0) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean word(String rest) {
    boolean same = json.length() - at >= rest.length();
    for (int i = 0; same && i < rest.length(); i++) {
      same = json.is(at + i, rest.charAt(i));
    }
    at += rest.length();
    return same;
  }

  private boolean number(int first) {
    int digit = first;
    if (digit == '-') {
      if (at == json.length()) {
        return false;
      }
      digit = json.at(at++);
      if (digit < '0' || digit > '9') {
        return false;
      }
    }
    if (digit != '0') {
      digits();
    }
    if (json.is(at, '.')) {
      at++;
      if (!digits()) {
        return false;
      }
    }
    if (json.is(at, 'e') || json.is(at, 'E')) {
      at++;
      if (json.is(at, '+') || json.is(at, '-')) {
        at++;
      }
      return digits();
    }
    return true;
  }

  private boolean digits() {
    int start = at;
    while (at < json.length() && json.at(at) >= '0' && json.at(at) <= '9') {
      at++;
    }
    return at > start;
  }

  private void space() {
    while (at < json.length() && " \t\n\r".indexOf(json.at(at)) >= 0) {
      at++;
    }
  }
}
