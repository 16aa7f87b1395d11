package dev.signet.dialects.externalsecrets.functions;

import dev.signet.template.GoError;
import dev.signet.template.Str;
import java.util.ArrayList;
import java.util.List;

/**
 * Subject alternative names (RFC 5280, section 4.2.1.6) as raw strings, in the order in which
 * External Secrets lists them: DNS names, addresses, e-mail addresses, URIs. Other kinds are left
 * out. Addresses are written as Go writes them (RFC 5952; IPv4 in IPv6 as IPv4); a URI as it is in
 * the certificate, where Go would escape characters that need it.
 */
final class AlternativeNames {
  private static final int EMAIL = 0x81;
  private static final int DNS = 0x82;
  private static final int URI = 0x86;
  private static final int ADDRESS = 0x87;

  private AlternativeNames() {}

  static List<String> read(Der extension) throws GoError {
    Der names = extension.saying("x509: invalid subject alternative names").read(Der.SEQUENCE);
    List<String> dns = new ArrayList<>();
    List<String> addresses = new ArrayList<>();
    List<String> emails = new ArrayList<>();
    List<String> uris = new ArrayList<>();
    while (!names.isEmpty()) {
      int tag = names.tag();
      byte[] value = names.readAny().bytes();
      switch (tag) {
        case DNS -> dns.add(ascii(value, "dNSName"));
        case EMAIL -> emails.add(ascii(value, "rfc822Name"));
        case URI -> uris.add(ascii(value, "uniformResourceIdentifier"));
        case ADDRESS -> addresses.add(address(value));
        default -> {}
      }
    }
    List<String> all = new ArrayList<>(dns);
    all.addAll(addresses);
    all.addAll(emails);
    all.addAll(uris);
    return all;
  }

  private static String ascii(byte[] value, String kind) throws GoError {
    for (byte b : value) {
      if (b < 0) {
        throw new GoError("x509: SAN " + kind + " is malformed");
      }
    }
    return Str.of(value).raw();
  }

  private static String address(byte[] value) throws GoError {
    return switch (value.length) {
      case 4 -> dotted(value, 0);
      case 16 -> isMapped(value) ? dotted(value, 12) : groups(value);
      default -> throw new GoError("x509: cannot parse IP address of length " + value.length);
    };
  }

  private static String dotted(byte[] value, int from) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < from + 4; i++) {
      text.append(i > from ? "." : "").append(value[i] & 0xFF);
    }
    return text.toString();
  }

  private static boolean isMapped(byte[] value) {
    for (int i = 0; i < 10; i++) {
      if (value[i] != 0) {
        return false;
      }
    }
    return value[10] == -1 && value[11] == -1;
  }

  private static String groups(byte[] value) {
    int[] groups = new int[8];
    for (int i = 0; i < 8; i++) {
      groups[i] = (value[2 * i] & 0xFF) << 8 | (value[2 * i + 1] & 0xFF);
    }
    int longest = -1;
    int length = 1;
    for (int i = 0; i < 8; i++) {
      int run = i;
      while (run < 8 && groups[run] == 0) {
        run++;
      }
      if (run - i > length) {
        longest = i;
        length = run - i;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == longest) {
        text.append("::");
        i += length - 1;
      } else {
        boolean separated = text.isEmpty() || text.charAt(text.length() - 1) == ':';
        text.append(separated ? "" : ":").append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }
}
