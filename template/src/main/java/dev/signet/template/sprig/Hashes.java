package dev.signet.template.sprig;

import static dev.signet.template.GoType.STRING;
import static dev.signet.template.sprig.Args.string;
import static dev.signet.template.sprig.Registry.fixed;

import dev.signet.template.Call;
import dev.signet.template.Function;
import dev.signet.template.GoError;
import dev.signet.template.Str;
import dev.signet.template.Value;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.Adler32;
import org.jspecify.annotations.Nullable;

/**
 * Digests and encodings of bytes. A decoder that fails gives the text of its error as its result.
 */
final class Hashes {
  private Hashes() {}

  static @Nullable Function find(String name) {
    return switch (name) {
      case "sha1sum" -> fixed(STRING, digest("SHA-1"), STRING);
      case "sha256sum" -> fixed(STRING, digest("SHA-256"), STRING);
      case "sha512sum" -> fixed(STRING, digest("SHA-512"), STRING);
      case "adler32sum" -> fixed(STRING, Hashes::adler32, STRING);
      case "b64enc" -> fixed(STRING, (c, a) -> encode(c, a[0], BaseEncoding.BASE64), STRING);
      case "b64dec" -> fixed(STRING, (c, a) -> decode(c, a[0], BaseEncoding.BASE64), STRING);
      case "b32enc" -> fixed(STRING, (c, a) -> encode(c, a[0], BaseEncoding.BASE32), STRING);
      case "b32dec" -> fixed(STRING, (c, a) -> decode(c, a[0], BaseEncoding.BASE32), STRING);
      default -> null;
    };
  }

  private static Function.Body digest(String algorithm) {
    return (call, arguments) -> {
      byte[] bytes = bytes(call, arguments[0]);
      try {
        byte[] digest = MessageDigest.getInstance(algorithm).digest(bytes);
        return string(HexFormat.of().formatHex(digest));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has " + algorithm, e);
      }
    };
  }

  private static byte[] bytes(Call call, Value argument) {
    Str text = (Str) argument;
    call.meter().steps(text.raw().length() / 64);
    call.meter().memory(text.raw().length());
    return text.bytes();
  }

  private static Value adler32(Call call, Value[] arguments) {
    Adler32 checksum = new Adler32();
    checksum.update(bytes(call, arguments[0]));
    return string(Long.toString(checksum.getValue()));
  }

  private static Value encode(Call call, Value argument, BaseEncoding encoding) {
    String raw = string(argument);
    call.meter().memory(raw.length() * 2L);
    return string(encoding.encode(raw));
  }

  private static Value decode(Call call, Value argument, BaseEncoding encoding) {
    String raw = string(argument);
    call.meter().memory(raw.length());
    try {
      return string(encoding.decode(raw));
    } catch (GoError e) {
      return string(e.raw());
    }
  }
}
