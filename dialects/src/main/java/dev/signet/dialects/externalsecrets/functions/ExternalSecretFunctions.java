package dev.signet.dialects.externalsecrets.functions;

import static dev.signet.template.GoType.ANY;
import static dev.signet.template.GoType.ANY_MAP;
import static dev.signet.template.GoType.STRING;
import static dev.signet.template.GoType.STRING_SLICE;

import dev.signet.core.GoBase64;
import dev.signet.core.SecretBytes;
import dev.signet.template.Call;
import dev.signet.template.Function;
import dev.signet.template.Functions;
import dev.signet.template.GoError;
import dev.signet.template.GoType;
import dev.signet.template.Signature;
import dev.signet.template.Slice;
import dev.signet.template.Str;
import dev.signet.template.Value;
import dev.signet.template.sprig.Sprig;

/**
 * The functions of External Secrets 2.9.0 for templates (engine v2): Sprig's but for {@code env},
 * {@code expandenv} and {@code getHostByName}, {@code htpasswd} with a third argument, {@code
 * hexdec}, and eighteen more. Errors are External Secrets', word for word where Go does not look
 * deep into what is malformed.
 *
 * <p>Where External Secrets draws random salts, these functions derive them ({@link Salts}), so a
 * template of them gives the same bytes for the same data: PKCS#12 files, {@code bcrypt}, {@code
 * htpasswd}, {@code encryptAES}. Functions whose purpose is randomness ({@code rand…}, {@code
 * gen…}, {@code uuidv4}, {@code shuffle}) draw on the execution's source.
 */
public final class ExternalSecretFunctions {
  private ExternalSecretFunctions() {}

  /**
   * The functions of one installation.
   *
   * @param installKey a secret of the installation that never changes; salts are derived under it.
   *     The caller still owns it, and may close it
   */
  public static Functions functions(SecretBytes installKey) {
    Salts salts = Salts.of(installKey);
    Functions.Builder builder = Functions.builder();
    Registry registry = new Registry(builder);
    registerPem(registry);
    registerPkcs12(registry, new Pkcs12(salts));
    registerPasswords(registry, new Passwords(salts));
    registry.add("jwkPublicKeyPem", STRING, ExternalSecretFunctions::jwkPublicKey, STRING);
    registry.add("jwkPrivateKeyPem", STRING, ExternalSecretFunctions::jwkPrivateKey, STRING);
    registry.add(
        "rsaDecrypt",
        STRING,
        (c, a) -> Str.of(RsaDecryption.decrypt(c, raw(a[0]), raw(a[1]), bytes(a[2]), raw(a[3]))),
        STRING,
        STRING,
        STRING,
        STRING);
    registry.add("toYaml", STRING, (c, a) -> new Str(Yaml.write(c, a[0])), ANY);
    registry.add("fromYaml", ANY_MAP, (c, a) -> Yaml.read(c, raw(a[0])), STRING);
    registry.add("hexdec", STRING, (c, a) -> new Str(Hexadecimal.decode(c, raw(a[0]))), STRING);
    return Sprig.functions().with(builder.build());
  }

  /** Adds functions with fixed parameters. */
  record Registry(Functions.Builder builder) {
    void add(String name, GoType result, Function.Body body, GoType... parameters) {
      builder.add(name, new Function(Signature.of(result, parameters), body));
    }
  }

  static String raw(Value value) {
    return ((Str) value).raw();
  }

  static byte[] bytes(Value value) {
    return ((Str) value).bytes();
  }

  private static void registerPem(Registry r) {
    r.add(
        "filterPEM",
        STRING,
        (c, a) -> new Str(PemFunctions.filter(c, raw(a[0]), raw(a[1]))),
        STRING,
        STRING);
    r.add(
        "filterCertChain",
        STRING,
        (c, a) -> new Str(PemFunctions.filterChain(c, raw(a[0]), raw(a[1]))),
        STRING,
        STRING);
    r.add(
        "certSANs",
        STRING_SLICE,
        (c, a) -> Slice.strings(PemFunctions.alternativeNames(c, raw(a[0]))),
        STRING);
  }

  private static void registerPkcs12(Registry r, Pkcs12 pkcs12) {
    r.add("pkcs12key", STRING, (c, a) -> Pkcs12.key(c, "", bytes(a[0])), STRING);
    r.add("pkcs12keyPass", STRING, (c, a) -> Pkcs12.key(c, raw(a[0]), bytes(a[1])), STRING, STRING);
    r.add("pkcs12cert", STRING, (c, a) -> Pkcs12.certificates(c, "", bytes(a[0])), STRING);
    r.add(
        "pkcs12certPass",
        STRING,
        (c, a) -> Pkcs12.certificates(c, raw(a[0]), bytes(a[1])),
        STRING,
        STRING);
    r.add(
        "pemToPkcs12",
        STRING,
        (c, a) -> base64(c, pkcs12.keyStore(c, raw(a[0]), raw(a[1]), "")),
        STRING,
        STRING);
    r.add(
        "pemToPkcs12Pass",
        STRING,
        (c, a) -> base64(c, pkcs12.keyStore(c, raw(a[0]), raw(a[1]), raw(a[2]))),
        STRING,
        STRING,
        STRING);
    r.add(
        "fullPemToPkcs12",
        STRING,
        (c, a) -> base64(c, pkcs12.fullKeyStore(c, raw(a[0]), raw(a[1]), "")),
        STRING,
        STRING);
    r.add(
        "fullPemToPkcs12Pass",
        STRING,
        (c, a) -> base64(c, pkcs12.fullKeyStore(c, raw(a[0]), raw(a[1]), raw(a[2]))),
        STRING,
        STRING,
        STRING);
    r.add(
        "pemTruststoreToPKCS12",
        STRING,
        (c, a) -> base64(c, pkcs12.trustStore(c, raw(a[0]), "")),
        STRING);
    r.add(
        "pemTruststoreToPKCS12Pass",
        STRING,
        (c, a) -> base64(c, pkcs12.trustStore(c, raw(a[0]), raw(a[1]))),
        STRING,
        STRING);
  }

  private static void registerPasswords(Registry r, Passwords passwords) {
    r.add("bcrypt", STRING, passwords.derived("bcrypt"), STRING);
    r.add("encryptAES", STRING, passwords.derived("encryptAES"), STRING, STRING);
    GoType algorithm = GoType.basic(GoType.Kind.STRING, "sprig.HashAlgorithm");
    r.add("htpasswd", STRING, passwords::htpasswd, STRING, STRING, algorithm);
  }

  private static Value base64(Call call, byte[] bytes) {
    call.meter().memory(bytes.length * 3L);
    return Value.of(GoBase64.STD.encodeToString(bytes));
  }

  private static Value jwkPublicKey(Call call, Value[] arguments) throws GoError {
    byte[] der = Jwk.publicKey(call, raw(arguments[0]));
    return new Str(Pem.of(Pem.PUBLIC_KEY, der).encode());
  }

  private static Value jwkPrivateKey(Call call, Value[] arguments) throws GoError {
    byte[] der = Jwk.privateKey(call, raw(arguments[0]));
    return new Str(Pem.of(Pem.PRIVATE_KEY, der).encode());
  }
}
