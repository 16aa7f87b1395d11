package dev.signet.template.sprig;

import dev.signet.template.GoError;
import dev.signet.template.Quote;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A URL as Go's net/url reads and writes it; looser than RFC 3986 in hosts and escapes.
 *
 * @param userinfo user and password, escaped; null where there is no {@code @}
 */
record GoUrl(
    String scheme,
    String opaque,
    @Nullable String userinfo,
    String host,
    String path,
    String query,
    String fragment) {
  private static final String UPPER_HEX = "0123456789ABCDEF";

  /** What each part leaves unescaped besides letters, digits and {@code -_.~}. */
  private enum Part {
    PATH("$&+,/:;=@"),
    USER("$&+,;="),
    HOST("!$&'()*+,;=:[]<>\""),
    ZONE("!$&'()*+,;=:[]<>\""),
    FRAGMENT("$&+,/:;=?@!()*");

    final String unescaped;

    Part(String unescaped) {
      this.unescaped = unescaped;
    }

    boolean escapes(char c) {
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "-_.~".indexOf(c) >= 0;
      return !plain && unescaped.indexOf(c) < 0;
    }
  }

  static GoUrl parse(String raw) throws GoError {
    int hash = raw.indexOf('#');
    String before = hash < 0 ? raw : raw.substring(0, hash);
    GoUrl url;
    try {
      url = parseWithoutFragment(before);
    } catch (GoError e) {
      throw new GoError("parse " + Quote.quote(before) + ": " + e.raw());
    }
    if (hash < 0 || hash == raw.length() - 1) {
      return url;
    }
    try {
      String fragment = unescape(raw.substring(hash + 1), Part.FRAGMENT);
      return new GoUrl(
          url.scheme, url.opaque, url.userinfo, url.host, url.path, url.query, fragment);
    } catch (GoError e) {
      throw new GoError("parse " + Quote.quote(raw) + ": " + e.raw());
    }
  }

  private static GoUrl parseWithoutFragment(String raw) throws GoError {
    for (int i = 0; i < raw.length(); i++) {
      if (raw.charAt(i) < ' ' || raw.charAt(i) == 0x7F) {
        throw new GoError("net/url: invalid control character in URL");
      }
    }
    if (raw.equals("*")) {
      return new GoUrl("", "", null, "", "*", "", "");
    }
    int colon = schemeEnd(raw);
    String scheme = colon < 0 ? "" : raw.substring(0, colon).toLowerCase(Locale.ROOT);
    String rest = raw.substring(colon + 1);
    int mark = rest.indexOf('?');
    String query = mark < 0 ? "" : rest.substring(mark + 1);
    rest = mark < 0 ? rest : rest.substring(0, mark);
    if (!rest.startsWith("/")) {
      if (!scheme.isEmpty()) {
        return new GoUrl(scheme, rest, null, "", "", query, "");
      }
      if (firstSegment(rest).contains(":")) {
        throw new GoError("first path segment in URL cannot contain colon");
      }
    }
    String userinfo = null;
    String host = "";
    if (rest.startsWith("//") && (!scheme.isEmpty() || !rest.startsWith("///"))) {
      int slash = rest.indexOf('/', 2);
      String authority = slash < 0 ? rest.substring(2) : rest.substring(2, slash);
      rest = slash < 0 ? "" : rest.substring(slash);
      int at = authority.lastIndexOf('@');
      host = host(scheme, authority.substring(at + 1));
      if (at >= 0) {
        userinfo = userinfo(authority.substring(0, at));
      }
    }
    return new GoUrl(scheme, "", userinfo, host, unescape(rest, Part.PATH), query, "");
  }

  private static String firstSegment(String path) {
    int slash = path.indexOf('/');
    return slash < 0 ? path : path.substring(0, slash);
  }

  /** Where the colon after the scheme is; -1 where there is no scheme. */
  private static int schemeEnd(String raw) throws GoError {
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (letter) {
        continue;
      }
      if ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.') {
        if (i == 0) {
          return -1;
        }
      } else if (c == ':') {
        if (i == 0) {
          throw new GoError("missing protocol scheme");
        }
        return i;
      } else {
        return -1;
      }
    }
    return -1;
  }

  private static String userinfo(String raw) throws GoError {
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (Part.USER.escapes(c) && "!'()*%@:".indexOf(c) < 0) {
        throw new GoError("net/url: invalid userinfo");
      }
    }
    int colon = raw.indexOf(':');
    if (colon < 0) {
      return escape(unescape(raw, Part.USER), Part.USER);
    }
    return escape(unescape(raw.substring(0, colon), Part.USER), Part.USER)
        + ":"
        + escape(unescape(raw.substring(colon + 1), Part.USER), Part.USER);
  }

  private static String host(String scheme, String raw) throws GoError {
    int open = raw.lastIndexOf('[');
    if (open > 0) {
      throw new GoError("invalid IP-literal");
    }
    if (open == 0) {
      return literal(raw);
    }
    int colon = raw.indexOf(':');
    if (colon >= 0) {
      if (!scheme.equals("http") && !scheme.equals("https")) {
        colon = raw.lastIndexOf(':');
      }
      checkPort(raw.substring(colon));
    }
    return unescape(raw, Part.HOST);
  }

  private static String literal(String raw) throws GoError {
    int close = raw.lastIndexOf(']');
    if (close < 0) {
      throw new GoError("missing ']' in host");
    }
    String port = raw.substring(close + 1);
    checkPort(port);
    String name = raw.substring(1, close);
    int zone = name.indexOf("%25");
    String unescaped =
        zone < 0
            ? unescape(name, Part.HOST)
            : unescape(name.substring(0, zone), Part.HOST)
                + unescape(name.substring(zone), Part.ZONE);
    String problem = Addresses.problem(unescaped);
    if (problem != null) {
      throw new GoError("invalid host: " + problem);
    }
    if (unescaped.indexOf(':') < 0) {
      throw new GoError("invalid IP-literal");
    }
    return "[" + unescaped + "]" + port;
  }

  private static void checkPort(String port) throws GoError {
    boolean valid = port.isEmpty() || port.charAt(0) == ':';
    for (int i = 1; i < port.length(); i++) {
      valid &= port.charAt(i) >= '0' && port.charAt(i) <= '9';
    }
    if (!valid) {
      throw new GoError("invalid port " + Quote.quote(port) + " after host");
    }
  }

  /** The host without port and brackets. */
  String hostname() {
    String name = host;
    int colon = name.lastIndexOf(':');
    if (colon >= 0 && name.substring(colon + 1).chars().allMatch(c -> c >= '0' && c <= '9')) {
      name = name.substring(0, colon);
    }
    return name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
  }

  private static int hex(String raw, int at) {
    char c = at < raw.length() ? raw.charAt(at) : 0;
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }

  private static String unescape(String raw, Part part) throws GoError {
    StringBuilder out = new StringBuilder(raw.length());
    boolean isHost = part == Part.HOST || part == Part.ZONE;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        int high = hex(raw, i + 1);
        int low = hex(raw, i + 2);
        String escape = raw.substring(i, Math.min(i + 3, raw.length()));
        if (high < 0 || low < 0) {
          throw new GoError("invalid URL escape " + Quote.quote(escape));
        }
        char value = (char) (high << 4 | low);
        boolean percent = escape.equals("%25");
        if ((part == Part.HOST && high < 8 && !percent)
            || (part == Part.ZONE && !percent && value != ' ' && Part.HOST.escapes(value))) {
          throw new GoError("invalid URL escape " + Quote.quote(escape));
        }
        out.append(value);
        i += 2;
      } else {
        if (isHost && c < 0x80 && part.escapes(c)) {
          throw new GoError(
              "invalid character " + Quote.quote(String.valueOf(c)) + " in host name");
        }
        out.append(c);
      }
    }
    return out.toString();
  }

  private static String escape(String raw, Part part) {
    StringBuilder out = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (part.escapes(c)) {
        out.append('%').append(UPPER_HEX.charAt(c >> 4)).append(UPPER_HEX.charAt(c & 0xF));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** The URL as text, from parts that are not escaped, except for user and query. */
  String assemble() {
    StringBuilder out = new StringBuilder();
    if (!scheme.isEmpty()) {
      out.append(scheme).append(':');
    }
    if (!opaque.isEmpty()) {
      out.append(opaque);
    } else {
      if (!scheme.isEmpty() || !host.isEmpty() || userinfo != null) {
        if (!host.isEmpty() || !path.isEmpty() || userinfo != null) {
          out.append("//");
        }
        if (userinfo != null) {
          out.append(userinfo).append('@');
        }
        out.append(escape(host, Part.HOST));
      }
      String escaped = path.equals("*") ? path : escape(path, Part.PATH);
      if (!escaped.isEmpty() && escaped.charAt(0) != '/' && !host.isEmpty()) {
        out.append('/');
      }
      if (out.isEmpty() && firstSegment(escaped).contains(":")) {
        out.append("./");
      }
      out.append(escaped);
    }
    if (!query.isEmpty()) {
      out.append('?').append(query);
    }
    if (!fragment.isEmpty()) {
      out.append('#').append(escape(fragment, Part.FRAGMENT));
    }
    return out.toString();
  }
}
