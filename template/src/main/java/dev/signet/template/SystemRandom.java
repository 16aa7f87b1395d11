package dev.signet.template;

import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/** The system's secure randomness, which is set up when the first function draws on it. */
final class SystemRandom implements RandomGenerator {
  private static final class Holder {
    static final SecureRandom RANDOM = new SecureRandom();
  }

  @Override
  public long nextLong() {
    return Holder.RANDOM.nextLong();
  }

  @Override
  public void nextBytes(byte[] bytes) {
    Holder.RANDOM.nextBytes(bytes);
  }
}
