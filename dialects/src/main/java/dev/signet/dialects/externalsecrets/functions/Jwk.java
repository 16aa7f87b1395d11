package dev.signet.dialects.externalsecrets.functions;

import dev.signet.core.GoBase64;
import dev.signet.core.IllegalBase64Exception;
import dev.signet.template.Call;
import dev.signet.template.Dict;
import dev.signet.template.Function;
import dev.signet.template.GoError;
import dev.signet.template.GoType;
import dev.signet.template.Slice;
import dev.signet.template.Str;
import dev.signet.template.Value;
import dev.signet.template.sprig.Sprig;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.jspecify.annotations.Nullable;

/**
 * JSON Web Keys (RFC 7517, RFC 7518 section 6, RFC 8037) as lestrrat-go/jwx 2.1.6 reads them, to
 * the DER that Go's crypto/x509 writes: PKIX for public keys, PKCS#8 for private ones. A key with
 * {@code d} is private, and nothing else; numbers are Base64 of any kind, and are checked only as
 * far as x509 does when it writes them.
 *
 * <p>Where several members are wrong, the one that is named may be another than jwx's, which goes
 * by their order in the text.
 */
final class Jwk {
  private static final Function PARSE =
      Objects.requireNonNull(Sprig.functions().find("mustFromJson"));
  private static final String HINT = "failed to unmarshal JSON into key hint: ";
  private static final String HINT_TYPE =
      "struct { Kty string \"json:\\\"kty\\\"\"; D json.RawMessage \"json:\\\"d\\\"\" }";
  private static final List<String> TEXTS = List.of("alg", "kid", "use", "x5t", "x5t#S256", "x5u");

  private final Call call;
  private final Dict members;
  private final String goType;

  private Jwk(Call call, Dict members, String goType) {
    this.call = call;
    this.members = members;
    this.goType = goType;
  }

  static byte[] publicKey(Call call, String json) throws GoError {
    return parse(call, json).publicKey();
  }

  static byte[] privateKey(Call call, String json) throws GoError {
    return parse(call, json).privateKey();
  }

  private static Key parse(Call call, String json) throws GoError {
    Dict members = object(call, json);
    Value type = hint(members, "kty");
    if (type != null && !(type instanceof Str) && !(type instanceof Value.Nil)) {
      throw new GoError(
          HINT
              + "json: cannot unmarshal "
              + kind(type)
              + " into Go struct field .kty of type string");
    }
    String name = type instanceof Str(String raw) ? raw : "";
    boolean isPrivate = hint(members, "d") != null;
    String visibility = isPrivate ? "PrivateKey" : "PublicKey";
    return switch (name) {
      case "RSA" -> new Jwk(call, members, "rsa" + visibility).rsa(isPrivate);
      case "EC" -> new Jwk(call, members, "ecdsa" + visibility).ec(isPrivate);
      case "OKP" -> new Jwk(call, members, "okp" + visibility).okp(isPrivate);
      case "oct" -> new Jwk(call, members, "symmetricKey").symmetric();
      default -> throw new GoError("invalid key type from JSON (" + name + ")");
    };
  }

  /** The first JSON value of the text, which has to be an object; null is an empty one. */
  private static Dict object(Call call, String json) throws GoError {
    String text = json.substring(0, endOfObject(json));
    Value value;
    try {
      value = PARSE.body().call(call, new Value[] {new Str(text)});
    } catch (GoError e) {
      boolean ends = e.raw().equals("unexpected end of JSON input");
      throw new GoError(HINT + (!ends ? e.raw() : text.isBlank() ? "EOF" : "unexpected EOF"));
    }
    if (value instanceof Value.Nil) {
      return Dict.empty(GoType.ANY_MAP);
    }
    if (value instanceof Dict dict) {
      return dict;
    }
    throw new GoError(
        HINT + "json: cannot unmarshal " + kind(value) + " into Go value of type " + HINT_TYPE);
  }

  /** Where the object that the text starts with ends; the end of the text where it does not. */
  private static int endOfObject(String json) {
    int depth = 0;
    boolean quoted = false;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (quoted) {
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          quoted = false;
        }
      } else if (c == '"') {
        quoted = true;
      } else if (c == '{') {
        depth++;
      } else if (c == '}' && --depth == 0) {
        return i + 1;
      }
    }
    return json.length();
  }

  /** A member by its name in any case, as Go finds the fields of a struct. */
  private static @Nullable Value hint(Dict members, String name) {
    Value exact = members.get(name);
    if (exact != null) {
      return exact;
    }
    for (Map.Entry<String, Value> member : members.entries()) {
      if (member.getKey().equalsIgnoreCase(name)) {
        return member.getValue();
      }
    }
    return null;
  }

  private static String kind(Value value) {
    return switch (value) {
      case Str s -> "string";
      case Value.Bool b -> "bool";
      case Slice s -> "array";
      case Dict d -> "object";
      default -> "number";
    };
  }

  private GoError failed(String why) {
    return new GoError("failed to unmarshal JSON into key (*jwk." + goType + "): " + why);
  }

  /** What is no string where one is expected, in the type's own words. */
  private String text(String name, Value value, String reading, String type) throws GoError {
    if (value instanceof Value.Nil) {
      return "";
    }
    if (!(value instanceof Str(String raw))) {
      throw failed(
          "failed to decode value for key "
              + name
              + ": "
              + reading
              + "json: cannot unmarshal "
              + kind(value)
              + " into Go value of type "
              + type);
    }
    return raw;
  }

  private void checkTexts() throws GoError {
    for (String name : TEXTS) {
      Value value = members.get(name);
      if (value != null) {
        text(name, value, name.equals("alg") ? "" : "error reading next value: ", "string");
      }
    }
  }

  /** The bytes of a member; null where it is absent. */
  private byte @Nullable [] bytes(String name) throws GoError {
    Value value = members.get(name);
    if (value == null) {
      return null;
    }
    String text = text(name, value, "error reading next value: ", "string");
    boolean padded = text.endsWith("=");
    boolean standard = text.indexOf('+') >= 0 || text.indexOf('/') >= 0;
    GoBase64 base64 =
        padded
            ? standard ? GoBase64.STD : GoBase64.URL
            : standard ? GoBase64.RAW_STD : GoBase64.RAW_URL;
    call.meter().memory(text.length() * 3L);
    try {
      return base64.decode(new Str(text).bytes());
    } catch (IllegalBase64Exception e) {
      throw failed(
          "failed to decode value for key " + name + ": expected base64 encoded []byte (string)");
    }
  }

  /** The bytes of the members by name, after every one was read. */
  private byte[][] all(List<String> names, List<String> required) throws GoError {
    checkTexts();
    byte[][] values = new byte[names.size()][];
    List<String> missing = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      byte[] value = bytes(names.get(i));
      if (value == null && required.contains(names.get(i))) {
        missing.add(names.get(i));
      }
      values[i] = value == null ? new byte[0] : value;
    }
    if (!missing.isEmpty()) {
      throw failed("required field " + missing.getFirst() + " is missing");
    }
    return values;
  }

  private String curveName() throws GoError {
    Value value = members.get("crv");
    if (value == null) {
      throw failed("required field crv is missing");
    }
    return text("crv", value, "", "jwa.EllipticCurveAlgorithm");
  }

  /** What x509 makes of a key. */
  private interface Key {
    byte[] publicKey() throws GoError;

    byte[] privateKey() throws GoError;
  }

  /** Makes the DER of a key when it is asked for, since only then x509 checks the key. */
  @FunctionalInterface
  private interface Making {
    byte[] der() throws GoError;
  }

  /** A public key. */
  private record Public(String goType, Making making) implements Key {
    @Override
    public byte[] publicKey() throws GoError {
      return making.der();
    }

    @Override
    public byte[] privateKey() throws GoError {
      throw new GoError("x509: unknown key type while marshaling PKCS#8: " + goType);
    }
  }

  /** A private key. */
  private record Private(String goType, Making making) implements Key {
    @Override
    public byte[] publicKey() throws GoError {
      throw new GoError("x509: unsupported public key type: " + goType);
    }

    @Override
    public byte[] privateKey() throws GoError {
      return making.der();
    }
  }

  /** A key of a type that x509 does not write. */
  private record Unwritten(String goType) implements Key {
    @Override
    public byte[] publicKey() throws GoError {
      throw new GoError("x509: unsupported public key type: " + goType);
    }

    @Override
    public byte[] privateKey() throws GoError {
      throw new GoError("x509: unknown key type while marshaling PKCS#8: " + goType);
    }
  }

  private static byte[] pkix(byte[] algorithm, byte[] key) {
    return Der.write(Der.SEQUENCE, algorithm, Der.writeBits(key));
  }

  private Key rsa(boolean isPrivate) throws GoError {
    if (!isPrivate) {
      byte[][] values = all(List.of("e", "n"), List.of("e", "n"));
      BigInteger n = new BigInteger(1, values[1]);
      long e = new BigInteger(1, values[0]).longValue();
      byte[] algorithm = Der.write(Der.SEQUENCE, Der.writeIdentifier(Oids.RSA), Der.writeNull());
      byte[] key = Der.write(Der.SEQUENCE, Der.writeInteger(n), Der.writeInteger(e));
      return new Public("*rsa.PublicKey", () -> pkix(algorithm, key));
    }
    byte[][] values =
        all(List.of("d", "e", "n", "p", "q", "dp", "dq", "qi"), List.of("d", "e", "n"));
    return new Private(
        "*rsa.PrivateKey",
        () -> {
          List<BigInteger> crt = new ArrayList<>();
          for (byte[] value : List.of(values[5], values[6], values[7])) {
            if (value.length > 0) {
              crt.add(new BigInteger(1, value));
            }
          }
          RsaKey key =
              new RsaKey(
                  new BigInteger(1, values[2]),
                  new BigInteger(1, values[1]).longValue(),
                  new BigInteger(1, values[0]),
                  List.of(new BigInteger(1, values[3]), new BigInteger(1, values[4])),
                  crt);
          key.check(call.meter());
          return key.toPkcs8();
        });
  }

  private Key ec(boolean isPrivate) throws GoError {
    String name = curveName();
    List<String> names = isPrivate ? List.of("d", "x", "y") : List.of("x", "y");
    byte[][] values = all(names, names);
    Curve curve = null;
    for (Curve each : List.of(Curve.P256, Curve.P384, Curve.P521)) {
      if (each.goName.equals(name)) {
        curve = each;
      }
    }
    if (curve == null) {
      throw new GoError("failed to build public key: invalid curve algorithm " + name);
    }
    Curve found = curve;
    BigInteger x = new BigInteger(1, values[values.length - 2]);
    BigInteger y = new BigInteger(1, values[values.length - 1]);
    if (isPrivate) {
      BigInteger d = new BigInteger(1, values[0]);
      return new Private("*ecdsa.PrivateKey", () -> ec(found, d, x, y));
    }
    byte[] algorithm =
        Der.write(Der.SEQUENCE, Der.writeIdentifier(Oids.EC), Der.writeIdentifier(found.oid));
    return new Public("*ecdsa.PublicKey", () -> pkix(algorithm, point(call, found, x, y)));
  }

  private static byte[] point(Call call, Curve curve, BigInteger x, BigInteger y) throws GoError {
    call.meter().steps(PrivateKeyDer.EC_STEPS);
    int bits = curve == Curve.P521 ? 521 : curve.size * 8;
    if (x.bitLength() > bits || y.bitLength() > bits) {
      throw new GoError("overflowing coordinate");
    }
    if (!curve.contains(x, y)) {
      throw new GoError(curve + " point not on curve");
    }
    return curve.encode(x, y);
  }

  private byte[] ec(Curve curve, BigInteger d, BigInteger x, BigInteger y) throws GoError {
    try {
      byte[] point = point(call, curve, x, y);
      if (d.signum() == 0) {
        throw new GoError("ecdsa: private key scalar is zero or negative");
      }
      if ((d.bitLength() + 7) / 8 > curve.size) {
        throw new GoError("ecdsa: private key scalar too large");
      }
      if (!curve.isPrivate(d)) {
        throw new GoError("input overflows the modulus");
      }
      return new PrivateKeyDer.Ec(curve, d, point).toPkcs8();
    } catch (GoError e) {
      throw new GoError("x509: failed to marshal EC private key while building PKCS#8: " + e.raw());
    }
  }

  private Key okp(boolean isPrivate) throws GoError {
    String curve = curveName();
    List<String> names = isPrivate ? List.of("d", "x") : List.of("x");
    byte[][] values = all(names, names);
    boolean signing = curve.equals("Ed25519");
    if (isPrivate && values[0].length == 0) {
      throw new GoError("failed to build public key: cannot use empty seed");
    }
    if (!signing && !curve.equals("X25519")) {
      throw new GoError("failed to build public key: invalid curve algorithm " + curve);
    }
    if (!isPrivate) {
      byte[] algorithm = Der.write(Der.SEQUENCE, Der.writeIdentifier(Oids.ED25519));
      return signing
          ? new Public("ed25519.PublicKey", () -> pkix(algorithm, values[0]))
          : new Unwritten("x25519.PublicKey");
    }
    byte[] seed = values[0];
    if (seed.length != 32) {
      throw new GoError(
          "failed to build public key: "
              + (signing
                  ? "wrong private key size"
                  : "unable to construct x25519 private key from seed: unexpected seed size: "
                      + seed.length));
    }
    call.meter().steps(PrivateKeyDer.EC_STEPS);
    byte[] computed =
        signing
            ? new Ed25519PrivateKeyParameters(seed, 0).generatePublicKey().getEncoded()
            : new X25519PrivateKeyParameters(seed, 0).generatePublicKey().getEncoded();
    if (!Arrays.equals(computed, values[1])) {
      throw new GoError("failed to build public key: invalid x value given d value");
    }
    return signing
        ? new Private(
            "ed25519.PrivateKey", () -> new PrivateKeyDer.Montgomery(Oids.ED25519, seed).toPkcs8())
        : new Unwritten("x25519.PrivateKey");
  }

  private Key symmetric() throws GoError {
    all(List.of("k"), List.of("k"));
    return new Unwritten("[]uint8");
  }
}
