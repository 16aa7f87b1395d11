package dev.signet.dialects.externalsecrets.functions;

import dev.signet.template.GoError;
import dev.signet.template.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A distinguished name as Go's pkix.Name prints it, in a raw string: values of the usual types are
 * gathered by type, and come from the serial number to the country; other types come last, in
 * reverse order, in hexadecimal DER. Of several common names or serial numbers the last counts.
 */
final class SubjectName {
  private static final String ATTRIBUTES = "2.5.4.";

  /** The types that Go has fields for, in the order in which they are printed. */
  private static final List<String> KNOWN = List.of("5", "3", "11", "10", "17", "9", "7", "8", "6");

  private static final Map<String, String> SHORT =
      Map.of(
          "5",
          "SERIALNUMBER",
          "3",
          "CN",
          "11",
          "OU",
          "10",
          "O",
          "17",
          "POSTALCODE",
          "9",
          "STREET",
          "7",
          "L",
          "8",
          "ST",
          "6",
          "C");

  private SubjectName() {}

  private record Attribute(String oid, String value, boolean text) {}

  static String text(Der name) throws GoError {
    List<Attribute> attributes = attributes(name);
    List<String> parts = new ArrayList<>();
    for (String type : KNOWN) {
      List<String> values = new ArrayList<>();
      for (Attribute attribute : attributes) {
        if (attribute.text && attribute.oid.equals(ATTRIBUTES + type)) {
          values.add(attribute.value);
        }
      }
      if (type.equals("5") || type.equals("3")) {
        values =
            values.isEmpty() || values.getLast().isEmpty() ? List.of() : List.of(values.getLast());
      }
      if (!values.isEmpty()) {
        String prefix = SHORT.get(type) + "=";
        parts.add(String.join("+", values.stream().map(v -> prefix + escaped(v)).toList()));
      }
    }
    for (Attribute attribute : attributes.reversed()) {
      String type =
          attribute.oid.startsWith(ATTRIBUTES) ? attribute.oid.substring(ATTRIBUTES.length()) : "";
      if (!SHORT.containsKey(type)) {
        parts.add(attribute.oid + "=" + hexadecimal(attribute));
      }
    }
    return String.join(",", parts);
  }

  private static List<Attribute> attributes(Der name) throws GoError {
    List<Attribute> attributes = new ArrayList<>();
    while (!name.isEmpty()) {
      Der set = name.read(Der.SET);
      while (!set.isEmpty()) {
        Der pair = set.read(Der.SEQUENCE);
        String oid = pair.identifier();
        int tag = pair.tag();
        byte[] value = pair.readAny().bytes();
        String decoded = decoded(tag, value);
        attributes.add(
            new Attribute(
                oid, decoded == null ? raw(Der.write(tag, value)) : decoded, decoded != null));
      }
    }
    return attributes;
  }

  private static String raw(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** The text of a string type in UTF-8; null for other types. */
  private static @Nullable String decoded(int tag, byte[] value) throws GoError {
    return switch (tag) {
      case 0x0C -> {
        if (!Utf8.isValid(raw(value))) {
          throw new GoError(
              "x509: invalid RDNSequence: invalid attribute value: invalid UTF-8 string");
        }
        yield raw(value);
      }
      case 0x12, 0x13, 0x16 -> raw(value);
      case 0x14 -> Utf8.encode(raw(value));
      case Der.BMP_STRING -> Utf8.encode(new String(value, StandardCharsets.UTF_16BE));
      default -> null;
    };
  }

  /** What Go's asn1.Marshal makes of the value. */
  private static String hexadecimal(Attribute attribute) {
    byte[] value = attribute.value.getBytes(StandardCharsets.ISO_8859_1);
    byte[] der =
        attribute.text ? Der.write(isPrintable(attribute.value) ? 0x13 : 0x0C, value) : value;
    return "#" + HexFormat.of().formatHex(der);
  }

  private static boolean isPrintable(String text) {
    return text.chars()
        .allMatch(
            c ->
                (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || " '()+,-./:=?".indexOf(c) >= 0);
  }

  private static String escaped(String value) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean end = i == 0 || i == value.length() - 1;
      if (",+\"\\<>;".indexOf(c) >= 0 || (c == ' ' && end) || (c == '#' && i == 0)) {
        out.append('\\');
      }
      out.append(c);
    }
    return out.toString();
  }
}
