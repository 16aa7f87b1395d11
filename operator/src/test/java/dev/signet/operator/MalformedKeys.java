package dev.signet.operator;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.signet.core.sealing.SealingKey;
import dev.signet.testkit.cluster.Eventually;
import java.io.IOException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Secrets with the label of a sealing key that hold none: they come, become one another and go, one
 * after the other, again and again. Afterwards one of each kind is there.
 */
final class MalformedKeys implements AutoCloseable {

  /** What their names begin with; and the name of the first. */
  static final String NAME = Flight.KEY_NAME + "malformed";

  private static final SealingKey ONE = Stage.newKey("one");
  private static final SealingKey OTHER = Stage.newKey("other");
  private static final int HUGE = 700 * 1024;

  private final Stage stage;
  private final Map<String, Map<String, String>> kinds = kinds();
  private final AtomicInteger rounds = new AtomicInteger();
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private final Thread thread;
  private volatile boolean closed;

  private MalformedKeys(Stage stage) {
    this.stage = stage;
    this.thread = Thread.ofVirtual().name("malformed keys").start(this::run);
  }

  static MalformedKeys comeAndGo(Stage stage) {
    return new MalformedKeys(stage);
  }

  /** The certificate that is in a Secret with the key of another. */
  static String foreignCertificate() {
    return new String(OTHER.certificate().toPem(), US_ASCII);
  }

  /** The data of each kind, by a word for it. */
  private static Map<String, Map<String, String>> kinds() {
    byte[] pem = ONE.openingKey().toPem().orElseThrow().with(byte[]::clone);
    byte[] certificate = ONE.certificate().toPem();
    byte[] huge = new byte[HUGE];
    Arrays.fill(huge, (byte) 'A');
    byte[] noKey =
        "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n".getBytes(US_ASCII);
    Map<String, Map<String, String>> kinds = new LinkedHashMap<>();
    kinds.put("no key", Map.of());
    kinds.put("an empty key", pair(certificate, new byte[0]));
    kinds.put("no PEM", pair(certificate, "no PEM".getBytes(US_ASCII)));
    kinds.put("PEM without a key inside", pair(certificate, noKey));
    kinds.put("a truncated key", pair(certificate, Arrays.copyOf(pem, pem.length / 2)));
    kinds.put("a huge key", pair(certificate, huge));
    kinds.put("a key of another type", pair(certificate, elliptic()));
    kinds.put("a certificate instead of the key", pair(certificate, certificate));
    kinds.put("a key instead of the certificate", pair(pem, pem));
    kinds.put("another key's certificate", pair(OTHER.certificate().toPem(), pem));
    return kinds;
  }

  private static Map<String, String> pair(byte[] certificate, byte[] key) {
    Base64.Encoder base64 = Base64.getEncoder();
    return Map.of(
        "tls.crt", base64.encodeToString(certificate), "tls.key", base64.encodeToString(key));
  }

  private static byte[] elliptic() {
    try {
      KeyPair pair = KeyPairGenerator.getInstance("EC").generateKeyPair();
      return ("-----BEGIN PRIVATE KEY-----\n"
              + Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded())
              + "\n-----END PRIVATE KEY-----\n")
          .getBytes(US_ASCII);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void run() {
    try {
      do {
        Map<String, String> before = Map.of();
        for (Map<String, String> kind : kinds.values()) {
          stage.api().post(secrets(), manifest(NAME, before)).orFail();
          // Nobody else writes it, so there is nothing to conflict with.
          stage.api().put(stage.secretPath(NAME), manifest(NAME, kind)).orFail();
          stage.api().delete(stage.secretPath(NAME)).orFail();
          before = kind;
        }
        rounds.incrementAndGet();
      } while (!closed);
      int number = 0;
      for (Map<String, String> kind : kinds.values()) {
        String name = number == 0 ? NAME : NAME + "-" + number;
        stage.api().post(secrets(), manifest(name, kind)).orFail();
        number++;
      }
    } catch (IOException | RuntimeException e) {
      failure.set(e);
    }
  }

  private String secrets() {
    return stage.secretPath("").replaceAll("/$", "");
  }

  private static String manifest(String name, Map<String, String> data) {
    StringBuilder fields = new StringBuilder();
    data.forEach(
        (key, value) -> {
          fields.append(fields.isEmpty() ? "" : ", ");
          fields.append('"').append(key).append("\": \"").append(value).append('"');
        });
    return """
    {"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
     "metadata": {"name": "%s", "labels": {"sealedsecrets.bitnami.com/sealed-secrets-key": "active"}},
     "data": {%s}}
    """
        .formatted(name, fields);
  }

  void awaitRounds(int count) {
    Eventually.holds(
        Flight.LONG,
        count + " rounds of malformed keys",
        () -> failure.get() != null || rounds.get() >= count);
  }

  /** Ends the coming and going, with one of each kind there. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    Exception thrown = failure.get();
    if (thrown != null) {
      throw new IllegalStateException("the malformed keys could not be written", thrown);
    }
  }
}
