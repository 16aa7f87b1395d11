package dev.signet.template.sprig;

import dev.signet.template.Call;
import dev.signet.template.GoError;
import dev.signet.template.Utf8;
import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameterGenerator;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.DSAPrivateKey;
import java.security.interfaces.DSAPublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.DSAGenParameterSpec;
import java.security.spec.DSAParameterSpec;
import java.security.spec.DSAPrivateKeySpec;
import java.security.spec.DSAPublicKeySpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.jce.ECNamedCurveTable;
import org.bouncycastle.jce.spec.ECNamedCurveParameterSpec;
import org.bouncycastle.math.ec.ECPoint;
import org.jspecify.annotations.Nullable;

/**
 * Private keys in the PEM forms that Go writes: PKCS#1 for RSA, SEC1 for EC, OpenSSL's for DSA and
 * PKCS#8 for Ed25519; all four and PKCS#8 are read.
 */
final class PrivateKeys {
  private static final long RSA_STEPS = 100_000;
  private static final String SUFFIX = " PRIVATE KEY";

  private PrivateKeys() {}

  /** The key generated for a type name of {@code genPrivateKey}, in PEM. */
  static String generate(Call call, String type) {
    try {
      return switch (type) {
        case "", "rsa" -> encode(rsa(call, 4096));
        case "dsa" -> encode(dsa(call));
        case "ecdsa" -> encode(generate(call, "EC", new ECGenParameterSpec("secp256r1")));
        case "ed25519" -> encode(generate(call, "Ed25519", null));
        default -> "Unknown type " + type;
      };
    } catch (GeneralSecurityException | GoError e) {
      throw new IllegalStateException("every JDK generates keys of these types", e);
    }
  }

  static KeyPair rsa(Call call, int bits) throws GoError {
    call.meter().steps(bits > 2048 ? 10 * RSA_STEPS : RSA_STEPS);
    call.meter().time();
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits, CallRandom.of(call));
      KeyPair pair = generator.generateKeyPair();
      call.meter().time();
      return pair;
    } catch (GeneralSecurityException e) {
      throw new GoError("error generating rsa key: " + Utf8.encode(String.valueOf(e.getMessage())));
    }
  }

  private static KeyPair dsa(Call call) throws GeneralSecurityException {
    call.meter().steps(10 * RSA_STEPS);
    AlgorithmParameterGenerator parameters = AlgorithmParameterGenerator.getInstance("DSA");
    parameters.init(new DSAGenParameterSpec(2048, 256), CallRandom.of(call));
    DSAParameterSpec spec =
        parameters.generateParameters().getParameterSpec(DSAParameterSpec.class);
    return generate(call, "DSA", spec);
  }

  private static KeyPair generate(
      Call call, String algorithm, @Nullable AlgorithmParameterSpec spec)
      throws GeneralSecurityException {
    call.meter().steps(1000);
    call.meter().time();
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (spec != null) {
      generator.initialize(spec, CallRandom.of(call));
    } else {
      generator.initialize(255, CallRandom.of(call));
    }
    KeyPair pair = generator.generateKeyPair();
    call.meter().time();
    return pair;
  }

  static String encode(KeyPair pair) throws GoError {
    try {
      return switch (pair.getPrivate()) {
        case RSAPrivateCrtKey rsa -> {
          PrivateKeyInfo info = PrivateKeyInfo.getInstance(rsa.getEncoded());
          yield new Pem("RSA PRIVATE KEY", info.parsePrivateKey().toASN1Primitive().getEncoded())
              .encode();
        }
        case ECPrivateKey ec -> new Pem("EC PRIVATE KEY", sec1(ec, pair.getPublic())).encode();
        case DSAPrivateKey dsa ->
            new Pem("DSA PRIVATE KEY", openssl(dsa, (DSAPublicKey) pair.getPublic())).encode();
        case PrivateKey other -> new Pem("PRIVATE KEY", other.getEncoded()).encode();
      };
    } catch (IOException e) {
      throw new GoError("error pem-encoding key: " + Utf8.encode(String.valueOf(e.getMessage())));
    }
  }

  private static byte[] sec1(ECPrivateKey key, PublicKey publicKey) throws IOException {
    SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(publicKey.getEncoded());
    return new org.bouncycastle.asn1.sec.ECPrivateKey(
            key.getParams().getOrder().bitLength(),
            key.getS(),
            new DERBitString(info.getPublicKeyData().getBytes()),
            info.getAlgorithm().getParameters())
        .getEncoded();
  }

  private static byte[] openssl(DSAPrivateKey key, DSAPublicKey publicKey) throws IOException {
    ASN1Encodable[] numbers = {
      new ASN1Integer(0),
      new ASN1Integer(key.getParams().getP()),
      new ASN1Integer(key.getParams().getQ()),
      new ASN1Integer(key.getParams().getG()),
      new ASN1Integer(publicKey.getY()),
      new ASN1Integer(key.getX()),
    };
    return new DERSequence(numbers).getEncoded();
  }

  /** The key pair of a private key in PEM. */
  static KeyPair parse(String raw) throws GoError {
    Pem pem = Pem.first(raw);
    if (pem == null) {
      throw new GoError("no PEM data in input");
    }
    String type = pem.type();
    if (!type.equals("PRIVATE KEY") && !type.endsWith(SUFFIX)) {
      throw new GoError("no private key data in PEM block of type " + type);
    }
    try {
      return switch (type) {
        case "PRIVATE KEY" -> fromPkcs8(PrivateKeyInfo.getInstance(pem.der()));
        case "RSA PRIVATE KEY" -> {
          AlgorithmIdentifier rsa = new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption);
          yield fromPkcs8(new PrivateKeyInfo(rsa, ASN1Sequence.getInstance(pem.der())));
        }
        case "EC PRIVATE KEY" -> {
          var key = org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(pem.der());
          AlgorithmIdentifier ec =
              new AlgorithmIdentifier(
                  X9ObjectIdentifiers.id_ecPublicKey, key.getParametersObject());
          yield fromPkcs8(new PrivateKeyInfo(ec, key));
        }
        case "DSA PRIVATE KEY" -> dsa(ASN1Sequence.getInstance(pem.der()));
        default ->
            throw new GoError(
                "invalid private key type " + type.substring(0, type.length() - SUFFIX.length()));
      };
    } catch (IOException
        | GeneralSecurityException
        | IllegalArgumentException
        | IllegalStateException
        | ClassCastException
        | ArithmeticException
        | ArrayIndexOutOfBoundsException e) {
      String kind = type.equals("PRIVATE KEY") ? "decoding PEM as PKCS#8" : parsing(type);
      throw new GoError(kind + ": malformed private key");
    }
  }

  private static String parsing(String type) {
    return "parsing "
        + type.substring(0, type.length() - SUFFIX.length())
        + " private key from PEM";
  }

  private static KeyPair dsa(ASN1Sequence numbers) throws GeneralSecurityException {
    BigInteger[] n = new BigInteger[6];
    for (int i = 0; i < n.length; i++) {
      n[i] = ASN1Integer.getInstance(numbers.getObjectAt(i)).getValue();
    }
    KeyFactory factory = KeyFactory.getInstance("DSA");
    return new KeyPair(
        factory.generatePublic(new DSAPublicKeySpec(n[4], n[1], n[2], n[3])),
        factory.generatePrivate(new DSAPrivateKeySpec(n[5], n[1], n[2], n[3])));
  }

  private static KeyPair fromPkcs8(PrivateKeyInfo info)
      throws IOException, GeneralSecurityException {
    ASN1ObjectIdentifier algorithm = info.getPrivateKeyAlgorithm().getAlgorithm();
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(info.getEncoded());
    if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      KeyFactory factory = KeyFactory.getInstance("RSA");
      RSAPrivateCrtKey key = (RSAPrivateCrtKey) factory.generatePrivate(spec);
      RSAPublicKeySpec publicSpec = new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent());
      return new KeyPair(factory.generatePublic(publicSpec), key);
    }
    if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      KeyFactory factory = KeyFactory.getInstance("EC");
      ECPrivateKey key = (ECPrivateKey) factory.generatePrivate(spec);
      return new KeyPair(publicKey(factory, key, info), key);
    }
    KeyFactory factory = KeyFactory.getInstance("Ed25519");
    EdECPrivateKey key = (EdECPrivateKey) factory.generatePrivate(spec);
    byte[] seed = key.getBytes().orElseThrow(() -> new IllegalArgumentException("no key"));
    byte[] point = new Ed25519PrivateKeyParameters(seed, 0).generatePublicKey().getEncoded();
    Arrays.fill(seed, (byte) 0);
    SubjectPublicKeyInfo publicInfo =
        new SubjectPublicKeyInfo(info.getPrivateKeyAlgorithm(), point);
    return new KeyPair(
        factory.generatePublic(new X509EncodedKeySpec(publicInfo.getEncoded())), key);
  }

  private static ECPublicKey publicKey(KeyFactory factory, ECPrivateKey key, PrivateKeyInfo info)
      throws IOException, GeneralSecurityException {
    ASN1ObjectIdentifier curve =
        ASN1ObjectIdentifier.getInstance(info.getPrivateKeyAlgorithm().getParameters());
    ECNamedCurveParameterSpec named = ECNamedCurveTable.getParameterSpec(curve.getId());
    if (named == null) {
      throw new IllegalArgumentException("unknown curve");
    }
    ECPoint point = named.getG().multiply(key.getS()).normalize();
    SubjectPublicKeyInfo publicInfo =
        new SubjectPublicKeyInfo(info.getPrivateKeyAlgorithm(), point.getEncoded(false));
    return (ECPublicKey) factory.generatePublic(new X509EncodedKeySpec(publicInfo.getEncoded()));
  }
}
