package dev.signet.template.sprig;

import dev.signet.template.Call;
import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import java.util.random.RandomGenerator;

/** The execution's random source in the form that key generators take. */
final class CallRandom extends SecureRandom {
  private static final long serialVersionUID = 1;

  private CallRandom(RandomGenerator source) {
    super(new Source(source), null);
  }

  static SecureRandom of(Call call) {
    return call.random() instanceof SecureRandom secure ? secure : new CallRandom(call.random());
  }

  private static final class Source extends SecureRandomSpi {
    private static final long serialVersionUID = 1;
    private final transient RandomGenerator source;

    Source(RandomGenerator source) {
      this.source = source;
    }

    @Override
    protected void engineSetSeed(byte[] seed) {
      // The source is what the caller gave; nothing adds to it.
    }

    @Override
    protected void engineNextBytes(byte[] bytes) {
      source.nextBytes(bytes);
    }

    @Override
    protected byte[] engineGenerateSeed(int count) {
      byte[] bytes = new byte[count];
      source.nextBytes(bytes);
      return bytes;
    }
  }
}
