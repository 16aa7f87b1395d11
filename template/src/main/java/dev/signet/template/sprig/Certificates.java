package dev.signet.template.sprig;

import static dev.signet.template.GoType.ANY_SLICE;
import static dev.signet.template.GoType.INT;
import static dev.signet.template.GoType.STRING;
import static dev.signet.template.sprig.Args.integer;
import static dev.signet.template.sprig.Args.string;

import dev.signet.template.Call;
import dev.signet.template.Functions;
import dev.signet.template.GoError;
import dev.signet.template.Printer;
import dev.signet.template.Slice;
import dev.signet.template.Str;
import dev.signet.template.Value;
import java.io.IOException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.X509CertificateHolder;

/** Private keys and certificates. Certificate authorities are what {@code genCA} gives. */
final class Certificates {
  static final Functions FUNCTIONS = Registry.build(Certificates::register);

  private static final int BITS = 2048;

  private Certificates() {}

  private static void register(Registry r) {
    r.add("genPrivateKey", STRING, (c, a) -> string(PrivateKeys.generate(c, string(a[0]))), STRING);
    r.add("buildCustomCert", Certificate.TYPE, Certificates::build, STRING, STRING);
    r.add(
        "genCA",
        Certificate.TYPE,
        (c, a) -> authority(c, a, PrivateKeys.rsa(c, BITS)),
        STRING,
        INT);
    r.add(
        "genCAWithKey",
        Certificate.TYPE,
        (c, a) -> authority(c, a, given(a[2])),
        STRING,
        INT,
        STRING);
    r.add(
        "genSelfSignedCert",
        Certificate.TYPE,
        (c, a) -> selfSigned(c, a, PrivateKeys.rsa(c, BITS)),
        STRING,
        ANY_SLICE,
        ANY_SLICE,
        INT);
    r.add(
        "genSelfSignedCertWithKey",
        Certificate.TYPE,
        (c, a) -> selfSigned(c, a, given(a[4])),
        STRING,
        ANY_SLICE,
        ANY_SLICE,
        INT,
        STRING);
    r.add(
        "genSignedCert",
        Certificate.TYPE,
        (c, a) -> signed(c, a, PrivateKeys.rsa(c, BITS)),
        STRING,
        ANY_SLICE,
        ANY_SLICE,
        INT,
        Certificate.TYPE);
    r.add(
        "genSignedCertWithKey",
        Certificate.TYPE,
        (c, a) -> signed(c, a, given(a[5])),
        STRING,
        ANY_SLICE,
        ANY_SLICE,
        INT,
        Certificate.TYPE,
        STRING);
  }

  private static KeyPair given(Value pem) throws GoError {
    try {
      return PrivateKeys.parse(string(pem));
    } catch (GoError e) {
      throw new GoError("parsing private key: " + e.raw());
    }
  }

  private static Value authority(Call call, Value[] a, KeyPair keys) throws GoError {
    Issuing issuing = new Issuing(call, string(a[0]), integer(a[1]), List.of(), true);
    return new Certificate(issuing.sign(keys, null, keys), PrivateKeys.encode(keys));
  }

  private static Value selfSigned(Call call, Value[] a, KeyPair keys) throws GoError {
    Issuing issuing = new Issuing(call, string(a[0]), integer(a[3]), names(call, a), false);
    return new Certificate(issuing.sign(keys, null, keys), PrivateKeys.encode(keys));
  }

  private static Value signed(Call call, Value[] a, KeyPair keys) throws GoError {
    Certificate authority = (Certificate) a[4];
    X509CertificateHolder signer = certificate(authority.certificate());
    KeyPair signerKeys = parsed(authority.key());
    Issuing issuing = new Issuing(call, string(a[0]), integer(a[3]), names(call, a), false);
    return new Certificate(issuing.sign(keys, signer, signerKeys), PrivateKeys.encode(keys));
  }

  private static X509CertificateHolder certificate(String raw) throws GoError {
    Pem pem = Pem.first(raw);
    if (pem == null) {
      throw new GoError("unable to decode certificate");
    }
    try {
      return new X509CertificateHolder(pem.der());
    } catch (IOException e) {
      throw new GoError(
          "error parsing certificate: decodedCert.Bytes: x509: malformed certificate");
    }
  }

  private static KeyPair parsed(String raw) throws GoError {
    try {
      return PrivateKeys.parse(raw);
    } catch (GoError e) {
      throw new GoError("error parsing private key: " + e.raw());
    }
  }

  private static Value build(Call call, Value[] a) throws GoError {
    String certificate = decoded(string(a[0]), "certificate");
    String key = decoded(string(a[1]), "private key");
    certificate(certificate);
    parsed(key);
    return new Certificate(certificate, key);
  }

  private static String decoded(String base64, String what) throws GoError {
    try {
      return BaseEncoding.BASE64.decode(base64);
    } catch (GoError e) {
      throw new GoError("unable to decode base64 " + what);
    }
  }

  /** The alternative names: DNS names first, as Go writes them. */
  private static List<GeneralName> names(Call call, Value[] a) throws GoError {
    List<GeneralName> addresses = new ArrayList<>();
    for (Value value : ((Slice) a[1]).elements()) {
      if (!(value instanceof Str(String text))) {
        throw new GoError(
            "error parsing ip: " + Printer.print(call.meter(), value) + " is not a string");
      }
      byte[] address = Addresses.parse(text);
      if (address == null) {
        throw new GoError("error parsing ip: " + text);
      }
      addresses.add(new GeneralName(GeneralName.iPAddress, new DEROctetString(address)));
    }
    List<GeneralName> names = new ArrayList<>();
    for (Value value : ((Slice) a[2]).elements()) {
      if (!(value instanceof Str(String text))) {
        throw new GoError(
            "error processing alternate dns name: "
                + Printer.print(call.meter(), value)
                + " is not a string");
      }
      names.add(new GeneralName(GeneralName.dNSName, new DERIA5String(text)));
    }
    names.addAll(addresses);
    return names;
  }
}
