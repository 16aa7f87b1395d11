package dev.signet.dialects.sealedsecrets;

import dev.signet.core.sealing.KeyOrder;
import dev.signet.core.sealing.SealingKey;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where sealing keys are and what new ones look like.
 *
 * @param namespace whose Secrets hold them
 * @param prefix how the names of new ones begin; a Secret of exactly that name holds a key too,
 *     labelled or not, for that is where upstream kept its only key until 0.9
 * @param order what makes one newer than another
 * @param bits the size of new ones
 * @param validity how long the certificate of a new one is valid
 * @param commonName of its issuer and subject; empty for none
 * @param labels more labels for new ones; the one that makes a Secret a key is not theirs to set
 * @param annotations annotations for new ones
 * @param follow whether keys that somebody adds, changes or takes away count at once, or what was
 *     found first and what was made here is all there is
 */
public record KeyRules(
    String namespace,
    String prefix,
    KeyOrder order,
    int bits,
    Duration validity,
    String commonName,
    Map<String, String> labels,
    Map<String, String> annotations,
    boolean follow) {

  /** Where kubeseal looks for the controller unless told otherwise, and all else as upstream. */
  public static final KeyRules DEFAULT =
      new KeyRules(
          SealingKeys.NAMESPACE,
          "sealed-secrets-key",
          KeyOrder.CERTIFICATE_NOT_BEFORE,
          SealingKey.DEFAULT_BITS,
          Duration.ofDays(3650),
          "",
          Map.of(),
          Map.of(),
          /* follow= */ true);

  private static final int LONGEST_PREFIX = 245;

  /** The messages are upstream's. */
  public KeyRules {
    if (prefix.length() > LONGEST_PREFIX) {
      throw new IllegalArgumentException(
          "name is too long, must be shorter than " + LONGEST_PREFIX + ", got " + prefix.length());
    }
    prefix
        .codePoints()
        .filter(c -> !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
        .findFirst()
        .ifPresent(
            c -> {
              throw new IllegalArgumentException(
                  "name contains illegal character " + Character.toString(c));
            });
    if (!validity.isPositive()) {
      throw new IllegalArgumentException("a key has to be valid for some time");
    }
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
  }

  public KeyRules withNamespace(String namespace) {
    return new KeyRules(
        namespace, prefix, order, bits, validity, commonName, labels, annotations, follow);
  }

  public KeyRules withBits(int bits) {
    return new KeyRules(
        namespace, prefix, order, bits, validity, commonName, labels, annotations, follow);
  }

  /** All labels of a new key. */
  Map<String, String> allLabels() {
    Map<String, String> all = new TreeMap<>(labels);
    all.put(SealingKeys.LABEL, SealingKeys.ACTIVE);
    return all;
  }
}
