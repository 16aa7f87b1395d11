package dev.signet.dialects.externalsecrets.generators;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.store.Generator;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.StoreException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * {@code MFA}: the one-time password of the moment (RFC 6238 with SHA-1, which is all that upstream
 * computes whatever {@code algorithm} says), and for how many seconds it holds. The seed is Base32
 * without padding; spaces in it and its case do not matter.
 */
final class MfaGenerator implements Generator {

  private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final int LONGEST = 18;

  @Override
  public String kind() {
    return "MFA";
  }

  @Override
  public Made generate(String identity, Fields spec, Sources sources)
      throws MalformedObjectException, StoreException {
    Fields secret = spec.requiredObject("secret");
    String name = secret.requiredString("name");
    String key = secret.requiredString("key");
    // The namespace of a reference in a generator is upstream's to ignore, and not ours to follow.
    secret.raw("namespace");
    int length = positive(spec, "length", 6);
    int period = positive(spec, "timePeriod", 30);
    String algorithm = spec.string("algorithm").orElse("");
    if (!algorithm.isEmpty() && !algorithm.equalsIgnoreCase("sha1")) {
      throw new MalformedObjectException(
          spec.path() + ".algorithm: tokens are made with sha1, as upstream makes all of them");
    }
    if (length > LONGEST) {
      throw new MalformedObjectException(spec.path() + ".length is more than " + LONGEST);
    }
    long now = when(spec).orElse(sources.clock().instant()).getEpochSecond();
    byte[] seed;
    try (SecretBytes text = sources.secrets().value(name, key)) {
      seed = text.with(MfaGenerator::seed);
    }
    try {
      String token = token(seed, Math.floorDiv(now, period), length);
      Material material = new Material();
      put(material, identity, "token", token);
      put(material, identity, "timeLeft", Long.toString(period - now % period));
      return Made.of(material);
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  private static void put(Material material, String identity, String key, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
    material.put(key, new Item(SecretBytes.wrap(bytes), Origin.of(identity, key)));
  }

  private static int positive(Fields spec, String name, int otherwise)
      throws MalformedObjectException {
    return switch (spec.raw(name)) {
      case null -> otherwise;
      case Long number when number <= Integer.MAX_VALUE ->
          number > 0 ? number.intValue() : otherwise;
      default ->
          throw new MalformedObjectException(spec.path() + "." + name + " must be a whole number");
    };
  }

  private static Optional<Instant> when(Fields spec) throws MalformedObjectException {
    Optional<String> when = spec.string("when");
    try {
      return when.map(text -> OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      throw new MalformedObjectException(
          spec.path() + ".when is not a time such as 2006-01-02T15:04:05Z");
    }
  }

  private static byte[] seed(byte[] text) throws StoreException {
    byte[] seed = new byte[text.length];
    int size = 0;
    int bits = 0;
    int buffer = 0;
    int characters = 0;
    for (byte each : text) {
      if (each == ' ') {
        continue;
      }
      int value = BASE32.indexOf(Character.toUpperCase((char) (each & 0xff)));
      if (value < 0) {
        throw notBase32();
      }
      characters++;
      buffer = buffer << 5 | value;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        seed[size++] = (byte) (buffer >> bits);
        buffer &= (1 << bits) - 1;
      }
    }
    // Lengths that no number of bytes has.
    if (characters == 0 || Arrays.asList(1, 3, 6).contains(characters % 8)) {
      throw notBase32();
    }
    byte[] result = Arrays.copyOf(seed, size);
    Arrays.fill(seed, (byte) 0);
    return result;
  }

  private static StoreException notBase32() {
    return new StoreException(
        new Problem.Malformed(), "the seed of the MFA generator is not Base32 without padding");
  }

  private static String token(byte[] seed, long counter, int length) {
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(seed, "HmacSHA1"));
      byte[] sum = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(counter).array());
      int offset = sum[sum.length - 1] & 0xf;
      int value = ByteBuffer.wrap(sum).getInt(offset) & Integer.MAX_VALUE;
      long modulus = Math.powExact(10L, length);
      return ("%0" + length + "d").formatted(value % modulus);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks HmacSHA1", e);
    }
  }
}
