package dev.signet.dialects.externalsecrets.functions;

import java.math.BigInteger;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.util.BigIntegers;
import org.jspecify.annotations.Nullable;

/** The elliptic curves that Go's crypto/elliptic has. */
enum Curve {
  P224("1.3.132.0.33", "P-224", "secp224r1", 28),
  P256("1.2.840.10045.3.1.7", "P-256", "secp256r1", 32),
  P384("1.3.132.0.34", "P-384", "secp384r1", 48),
  P521("1.3.132.0.35", "P-521", "secp521r1", 66);

  final String oid;
  final String goName;
  final int size;
  private final String secName;

  Curve(String oid, String goName, String secName, int size) {
    this.oid = oid;
    this.goName = goName;
    this.secName = secName;
    this.size = size;
  }

  static @Nullable Curve ofOid(String oid) {
    for (Curve curve : values()) {
      if (curve.oid.equals(oid)) {
        return curve;
      }
    }
    return null;
  }

  private X9ECParameters parameters() {
    return CustomNamedCurves.getByName(secName);
  }

  boolean isPrivate(BigInteger d) {
    return d.signum() > 0 && d.compareTo(parameters().getN()) < 0;
  }

  /** The public key of a private one, uncompressed. */
  byte[] publicKey(BigInteger d) {
    ECPoint point = parameters().getG().multiply(d).normalize();
    return point.getEncoded(false);
  }

  /** Whether the numbers are the coordinates of a point on this curve. */
  boolean contains(BigInteger x, BigInteger y) {
    X9ECParameters parameters = parameters();
    BigInteger q = parameters.getCurve().getField().getCharacteristic();
    if (x.compareTo(q) >= 0 || y.compareTo(q) >= 0 || (x.signum() == 0 && y.signum() == 0)) {
      return false;
    }
    return parameters.getCurve().createPoint(x, y).isValid();
  }

  byte[] encode(BigInteger x, BigInteger y) {
    byte[] point = new byte[2 * size + 1];
    point[0] = 4;
    BigIntegers.asUnsignedByteArray(x, point, 1, size);
    BigIntegers.asUnsignedByteArray(y, point, 1 + size, size);
    return point;
  }
}
