package dev.signet.core.sealing;

import java.io.Serial;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyFactorySpi;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.KeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.crypto.CipherSpi;

/** A provider of raw RSA that does what a test says, and remembers what it was asked. */
final class ScriptedRsa extends Provider {

  @Serial private static final long serialVersionUID = 1;

  private final transient UnaryOperator<byte[]> script;
  private final transient List<BigInteger> numbers = new ArrayList<>();
  private transient int keys;
  private transient int destroyed;

  /**
   * @param script of the right result, makes what is returned
   */
  ScriptedRsa(UnaryOperator<byte[]> script) {
    super("Scripted", "1", "for tests");
    this.script = script;
    putService(new Scripted("KeyFactory", "RSA"));
    putService(new Scripted("Cipher", "RSA/ECB/NoPadding"));
  }

  /** What was to be raised to a power. */
  List<BigInteger> numbers() {
    return numbers;
  }

  /** How many keys it was given. */
  int keysGiven() {
    return keys;
  }

  int destroyed() {
    return destroyed;
  }

  private final class Scripted extends Service {
    Scripted(String type, String algorithm) {
      super(ScriptedRsa.this, type, algorithm, "none", List.of(), null);
    }

    @Override
    public Object newInstance(Object parameter) {
      return getType().equals("Cipher") ? new Raw() : new Keys();
    }
  }

  /** A key that can be destroyed, as the JDK's cannot. */
  private record Own(RSAPrivateCrtKey key, Runnable whenDestroyed) implements PrivateKey {

    @Override
    public String getAlgorithm() {
      return "RSA";
    }

    @Override
    public String getFormat() {
      return "none";
    }

    @Override
    public byte[] getEncoded() {
      return new byte[0];
    }

    @Override
    public void destroy() {
      whenDestroyed.run();
    }
  }

  private final class Keys extends KeyFactorySpi {

    @Override
    protected Key engineTranslateKey(Key key) throws InvalidKeyException {
      keys++;
      return new Own((RSAPrivateCrtKey) key, () -> destroyed++);
    }

    @Override
    protected PublicKey engineGeneratePublic(KeySpec spec) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected PrivateKey engineGeneratePrivate(KeySpec spec) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected <T extends KeySpec> T engineGetKeySpec(Key key, Class<T> spec) {
      throw new UnsupportedOperationException();
    }
  }

  private final class Raw extends CipherSpi {

    private List<RSAPrivateCrtKey> key = List.of();

    @Override
    protected void engineInit(int mode, Key key, SecureRandom random) {
      this.key = List.of(((Own) key).key());
    }

    @Override
    protected byte[] engineDoFinal(byte[] input, int offset, int length) {
      RSAPrivateCrtKey rsa = key.getFirst();
      BigInteger number = new BigInteger(1, input, offset, length);
      numbers.add(number);
      byte[] power = number.modPow(rsa.getPrivateExponent(), rsa.getModulus()).toByteArray();
      byte[] result = new byte[(rsa.getModulus().bitLength() + 7) / 8];
      int digits = Math.min(power.length, result.length);
      System.arraycopy(power, power.length - digits, result, result.length - digits, digits);
      return script.apply(result);
    }

    @Override
    protected void engineInit(int m, Key key, AlgorithmParameterSpec spec, SecureRandom random) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void engineInit(int mode, Key key, AlgorithmParameters all, SecureRandom random) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected byte[] engineUpdate(byte[] input, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected int engineUpdate(byte[] input, int offset, int length, byte[] output, int to) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected int engineDoFinal(byte[] input, int offset, int length, byte[] output, int to) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void engineSetMode(String mode) {}

    @Override
    protected void engineSetPadding(String padding) {}

    @Override
    protected int engineGetBlockSize() {
      return 0;
    }

    @Override
    protected int engineGetOutputSize(int length) {
      return 0;
    }

    @Override
    protected byte[] engineGetIV() {
      return new byte[0];
    }

    @Override
    protected AlgorithmParameters engineGetParameters() {
      throw new UnsupportedOperationException();
    }
  }
}
