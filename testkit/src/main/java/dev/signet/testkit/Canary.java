package dev.signet.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** A value that must not be seen where values do not belong: what to look for. */
public final class Canary {

  private Canary() {}

  /** Raw, URL-encoded, hexadecimal, and Base64 as it looks at each of its three alignments. */
  public static List<String> forms(String value) {
    byte[] mark = value.getBytes(UTF_8);
    List<String> forms = new ArrayList<>();
    forms.add(value);
    forms.add(URLEncoder.encode(value, UTF_8));
    forms.add(HexFormat.of().formatHex(mark));
    forms.add(HexFormat.of().withUpperCase().formatHex(mark));
    for (int shift = 0; shift < 3; shift++) {
      byte[] shifted = new byte[shift + mark.length];
      System.arraycopy(mark, 0, shifted, shift, mark.length);
      String encoded = new String(Base64.getEncoder().withoutPadding().encode(shifted), ISO_8859_1);
      // The first and last characters also depend on the neighbours.
      forms.add(encoded.substring(shift == 0 ? 0 : shift + 1, encoded.length() - 1));
    }
    return forms;
  }
}
