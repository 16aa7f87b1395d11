package dev.signet.dialects.externalsecrets.functions;

import dev.signet.template.Call;
import dev.signet.template.GoError;
import dev.signet.template.Utf8;
import java.util.List;

/** What templates ask of PEM: blocks of a type, a part of a chain, alternative names. */
final class PemFunctions {
  private static final String BEGIN = "-----BEGIN";
  private static final String PARSING = "failed to parse certificate: ";

  private PemFunctions() {}

  /** The blocks of that type, in any case, written anew. */
  static String filter(Call call, String type, String input) throws GoError {
    String pem = charged(call, withoutJunk(input));
    StringBuilder out = new StringBuilder();
    Pem.Reader reader = new Pem.Reader(pem);
    for (Pem block = reader.next(); block != null; block = reader.next()) {
      call.meter().steps(1);
      if (sameIgnoringCase(block.type(), type)) {
        out.append(block.encode());
      }
    }
    if (out.isEmpty() && reader.hasRest()) {
      throw new GoError("error filtering pem: found junk");
    }
    return out.toString();
  }

  private static String charged(Call call, String pem) {
    call.meter().steps(pem.length() / 16);
    call.meter().memory(pem.length() * 4L);
    return pem;
  }

  /** Without what comes before the first block on its line, which Go's reader would refuse. */
  private static String withoutJunk(String input) {
    int begin = input.indexOf(BEGIN);
    return begin < 0 ? input : input.substring(begin);
  }

  /** Unicode's simple case folding, as Go's {@code strings.EqualFold}. */
  private static boolean sameIgnoringCase(String a, String b) {
    boolean ascii = Utf8.isAscii(a) && Utf8.isAscii(b);
    return ascii ? a.equalsIgnoreCase(b) : Utf8.decode(a).equalsIgnoreCase(Utf8.decode(b));
  }

  /** The leaf, the intermediate certificates or the root; nothing for another part. */
  static String filterChain(Call call, String part, String input) throws GoError {
    List<Certificate> chain =
        CertificateChain.ordered(Certificate.parseAll(Pem.all(charged(call, input))), call.meter());
    Certificate leaf = chain.getFirst();
    Certificate root = chain.getLast();
    return switch (part) {
      case "leaf" -> leaf.isRoot() ? "" : leaf.pem();
      case "intermediate" -> intermediate(chain);
      case "root" -> root.isRoot() ? root.pem() : "";
      default -> "";
    };
  }

  private static String intermediate(List<Certificate> chain) {
    StringBuilder out = new StringBuilder();
    for (Certificate certificate : chain.subList(1, chain.size())) {
      if (certificate.isRoot()) {
        break;
      }
      out.append(certificate.pem());
    }
    return out.toString();
  }

  /** The alternative names of the first certificate. */
  static List<String> alternativeNames(Call call, String input) throws GoError {
    String pem = charged(call, withoutJunk(input));
    byte[] der = Pem.firstDer(pem, "failed to decode PEM block");
    try {
      List<String> names = Certificate.parse(der).names();
      call.meter().elements(names.size());
      return names;
    } catch (GoError e) {
      throw new GoError(PARSING + e.raw());
    }
  }
}
