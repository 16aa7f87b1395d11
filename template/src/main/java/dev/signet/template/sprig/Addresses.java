package dev.signet.template.sprig;

import dev.signet.template.Quote;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** IP addresses as text. */
final class Addresses {
  private Addresses() {}

  /** The bytes of an address, four for IPv4; null where it is none. Asks no name service. */
  static byte @Nullable [] parse(String text) {
    if (text.indexOf(':') < 0) {
      return parseV4(text);
    }
    if (text.indexOf('%') >= 0 || !text.matches("[0-9A-Fa-f:.]{2,45}")) {
      return null;
    }
    int dot = text.indexOf('.');
    if (dot >= 0 && parseV4(text.substring(text.lastIndexOf(':') + 1)) == null) {
      return null;
    }
    try {
      return InetAddress.ofLiteral(text).getAddress();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static byte @Nullable [] parseV4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return null;
    }
    byte[] bytes = new byte[4];
    for (int i = 0; i < 4; i++) {
      if (!parts[i].matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(parts[i]) > 255) {
        return null;
      }
      bytes[i] = (byte) Integer.parseInt(parts[i]);
    }
    return bytes;
  }

  /** What Go's netip says about text that is no address; null where it is one. */
  static @Nullable String problem(String text) {
    int zone = text.indexOf('%');
    String address = zone < 0 ? text : text.substring(0, zone);
    if (parse(address) != null && (zone < 0 || zone < text.length() - 1)) {
      return null;
    }
    return "ParseAddr(" + Quote.quote(text) + "): unable to parse IP";
  }
}
