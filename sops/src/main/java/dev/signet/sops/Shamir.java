package dev.signet.sops;

import dev.signet.core.SecretBytes;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Shamir's secret sharing, byte by byte, over GF(2^8) with the polynomial of AES (x^8 + x^4 + x^3 +
 * x + 1).
 *
 * <pre>
 * share = y of each byte of the secret | x
 * </pre>
 *
 * <p>The parts of a secret are numbered from 1, which is their x. A byte is the value at 0 of a
 * polynomial of its own with random coefficients, of one degree less than parts are needed.
 * Multiplication takes the same time for all values.
 */
final class Shamir {

  private static final int MOST = 255;

  private Shamir() {}

  /**
   * Parts of which {@code threshold} are needed.
   *
   * @throws IllegalArgumentException saying why that cannot be
   */
  static List<SecretBytes> split(
      SecretBytes secret, int parts, int threshold, SecureRandom random) {
    if (parts < threshold) {
      throw new IllegalArgumentException("parts cannot be less than threshold");
    }
    if (parts > MOST) {
      throw new IllegalArgumentException("parts cannot exceed 255");
    }
    if (threshold < 2) {
      throw new IllegalArgumentException("threshold must be at least 2");
    }
    int length = secret.size();
    byte[][] shares = new byte[parts][length + 1];
    byte[] coefficients = new byte[threshold];
    secret.with(
        bytes -> {
          for (int i = 0; i < length; i++) {
            random.nextBytes(coefficients);
            coefficients[0] = bytes[i];
            for (int part = 0; part < parts; part++) {
              shares[part][i] = at(coefficients, part + 1);
            }
          }
          return parts;
        });
    Arrays.fill(coefficients, (byte) 0);
    List<SecretBytes> result = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      shares[part][length] = (byte) (part + 1);
      result.add(SecretBytes.wrap(shares[part]));
    }
    return result;
  }

  private static byte at(byte[] coefficients, int x) {
    int value = 0;
    for (int i = coefficients.length - 1; i >= 0; i--) {
      value = multiply(value, x) ^ (coefficients[i] & 0xFF);
    }
    return (byte) value;
  }

  /**
   * The secret, if these are enough parts of one; else something random.
   *
   * @throws IllegalArgumentException if they cannot be parts of one secret
   */
  static SecretBytes combine(List<SecretBytes> shares) {
    if (shares.size() < 2) {
      throw new IllegalArgumentException(
          "less than two parts cannot be used to reconstruct the secret");
    }
    int size = shares.getFirst().size();
    if (size < 2) {
      throw new IllegalArgumentException("parts must be at least two bytes");
    }
    byte[][] all = new byte[shares.size()][];
    boolean[] seen = new boolean[MOST + 1];
    for (int i = 0; i < all.length; i++) {
      if (shares.get(i).size() != size) {
        throw new IllegalArgumentException("all parts must be the same length");
      }
      all[i] = shares.get(i).with(byte[]::clone);
      int x = all[i][size - 1] & 0xFF;
      if (seen[x]) {
        throw new IllegalArgumentException("duplicate part detected");
      }
      seen[x] = true;
    }
    byte[] secret = new byte[size - 1];
    for (int i = 0; i < all.length; i++) {
      int weight = 1;
      for (int j = 0; j < all.length; j++) {
        if (j != i) {
          int xi = all[i][size - 1] & 0xFF;
          int xj = all[j][size - 1] & 0xFF;
          weight = multiply(weight, multiply(xj, inverse(xi ^ xj)));
        }
      }
      for (int k = 0; k < secret.length; k++) {
        secret[k] ^= (byte) multiply(weight, all[i][k] & 0xFF);
      }
    }
    for (byte[] share : all) {
      Arrays.fill(share, (byte) 0);
    }
    return SecretBytes.wrap(secret);
  }

  static int multiply(int a, int b) {
    int product = 0;
    int shifted = a;
    for (int bit = 0; bit < Byte.SIZE; bit++) {
      product ^= shifted & -((b >> bit) & 1);
      shifted = (shifted << 1) ^ (0x11B & -(shifted >> 7));
    }
    return product;
  }

  /** x to the power of 254. */
  static int inverse(int x) {
    int result = 1;
    int square = x;
    for (int i = 0; i < 7; i++) {
      square = multiply(square, square);
      result = multiply(result, square);
    }
    return result;
  }
}
