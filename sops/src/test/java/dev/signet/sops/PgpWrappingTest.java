package dev.signet.sops;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.SecretBytes;
import dev.signet.testkit.Needs;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both ways with GnuPG, whose keys these are. */
class PgpWrappingTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] DATA_KEY = "0123456789abcdef0123456789abcdef".getBytes(US_ASCII);

  @TempDir Path home;

  @AfterEach
  void endTheAgent() throws Exception {
    run("gpgconf", new byte[0], "--kill", "all");
  }

  private byte[] run(String program, byte[] input, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Needs.command(program, "install GnuPG and put it on PATH").toString());
    command.addAll(List.of("--homedir", home.toString()));
    command.addAll(List.of(arguments));
    Path errors = home.resolve("errors");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(input);
    }
    byte[] out = process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
    return out;
  }

  private byte[] gpg(byte[] input, String... arguments) throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--batch",
                "--no-tty",
                "--yes",
                "--trust-model",
                "always",
                "--pinentry-mode",
                "loopback",
                "--passphrase",
                ""));
    all.addAll(List.of(arguments));
    return run("gpg", input, all.toArray(String[]::new));
  }

  /** Makes a key, and its fingerprint. */
  private String key(String algorithm, String expires) throws Exception {
    gpg(new byte[0], "--quick-gen-key", "someone", algorithm, "default", expires);
    String primary = fingerprints().getFirst();
    if (fingerprints().size() == 1) {
      gpg(new byte[0], "--quick-add-key", primary, algorithm, "encr", expires);
    }
    return primary;
  }

  private List<String> fingerprints() throws Exception {
    return new String(gpg(new byte[0], "--with-colons", "--list-keys"), UTF_8)
        .lines()
        .filter(line -> line.startsWith("fpr:"))
        .map(line -> line.split(":", -1)[9])
        .toList();
  }

  private PgpWrapping wrapping(Instant now) throws Exception {
    PgpKeys keys = new PgpKeys();
    keys.add(gpg(new byte[0], "--armor", "--export"));
    keys.add(gpg(new byte[0], "--export-secret-keys"));
    return new PgpWrapping(keys, InstantSource.fixed(now), RANDOM);
  }

  private static MasterKey.Pgp master(String fingerprint, String enc) {
    return new MasterKey.Pgp(fingerprint, OffsetDateTime.now(ZoneOffset.UTC), enc);
  }

  private static byte[] opened(PgpWrapping wrapping, String enc) throws Exception {
    try (SecretBytes part = wrapping.unwrap(master("", enc))) {
      return part.with(byte[]::clone);
    }
  }

  private static String wrapped(PgpWrapping wrapping, String fingerprint) throws Exception {
    try (SecretBytes part = SecretBytes.wrap(DATA_KEY.clone())) {
      return wrapping.wrap(master(fingerprint, ""), part);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa2048", "future-default", "nistp256"})
  void gnupgOpensWhatWasWrappedHereAndTheOtherWayRound(String algorithm) throws Exception {
    String fingerprint = key(algorithm, "never");
    PgpWrapping wrapping = wrapping(Instant.now());

    String ours = wrapped(wrapping, fingerprint);
    assertThat(ours).startsWith("-----BEGIN PGP MESSAGE-----\n\n").endsWith("MESSAGE-----");
    assertThat(gpg(ours.getBytes(US_ASCII), "-d")).isEqualTo(DATA_KEY);
    assertThat(opened(wrapping, ours)).isEqualTo(DATA_KEY);

    for (List<String> how :
        List.of(
            List.<String>of(),
            List.of("--throw-keyids"),
            List.of("-z", "9"),
            List.of("-z", "0", "--cipher-algo", "AES128"),
            List.of("--sign"))) {
      List<String> arguments = new ArrayList<>(how);
      arguments.addAll(List.of("--armor", "--encrypt", "-r", fingerprint));
      String theirs = new String(gpg(DATA_KEY, arguments.toArray(String[]::new)), US_ASCII);
      assertThat(opened(wrapping, theirs)).as("%s", how).isEqualTo(DATA_KEY);
    }
  }

  @Test
  void onlyTheKeyOfThatFingerprintIsEncryptedFor() throws Exception {
    String fingerprint = key("future-default", "never");
    PgpWrapping wrapping = wrapping(Instant.now());
    assertThatThrownBy(() -> wrapped(wrapping, "00" + fingerprint.substring(2)))
        .isInstanceOf(KeyWrapping.UnavailableException.class)
        .hasMessageContaining("no key to encrypt with");
    assertThatThrownBy(() -> wrapped(wrapping, "")).hasMessageContaining("no key to encrypt with");
    // The primary key only signs.
    assertThatThrownBy(() -> wrapped(wrapping, fingerprint + "!"))
        .hasMessageContaining("no key to encrypt with");
    String subkey = fingerprints().get(1);
    assertThat(opened(wrapping, wrapped(wrapping, subkey + "!"))).isEqualTo(DATA_KEY);
  }

  @Test
  void anExpiredKeyIsNotEncryptedForButStillOpens() throws Exception {
    String fingerprint = key("rsa2048", "1y");
    String enc = wrapped(wrapping(Instant.now()), fingerprint);
    PgpWrapping later = wrapping(Instant.now().plus(Duration.ofDays(400)));
    assertThatThrownBy(() -> wrapped(later, fingerprint))
        .hasMessageContaining("no key to encrypt with");
    assertThat(opened(later, enc)).isEqualTo(DATA_KEY);
  }

  @Test
  void aKeyWithAPassphraseSaysSo() throws Exception {
    String fingerprint = key("future-default", "never");
    String enc = wrapped(wrapping(Instant.now()), fingerprint);
    PgpKeys keys = new PgpKeys();
    keys.add(locked(fingerprint));
    PgpWrapping wrapping = new PgpWrapping(keys, InstantSource.system(), RANDOM);
    assertThatThrownBy(() -> opened(wrapping, enc)).hasMessageContaining("has a passphrase");
  }

  private byte[] locked(String fingerprint) throws Exception {
    run(
        "gpg",
        "pass\npass\n".getBytes(US_ASCII),
        "--batch",
        "--no-tty",
        "--pinentry-mode",
        "loopback",
        "--command-fd",
        "0",
        "--change-passphrase",
        fingerprint);
    return run(
        "gpg",
        new byte[0],
        "--batch",
        "--no-tty",
        "--pinentry-mode",
        "loopback",
        "--passphrase",
        "pass",
        "--export-secret-keys",
        fingerprint);
  }

  @Test
  void aMessageThatWasChangedOrCutNeverGivesAnotherKey() throws Exception {
    String fingerprint = key("future-default", "never");
    PgpWrapping wrapping = wrapping(Instant.now());
    byte[] message = run("gpg", wrapped(wrapping, fingerprint).getBytes(US_ASCII), "--dearmor");
    for (int i = 0; i < message.length; i++) {
      byte[] flipped = message.clone();
      flipped[i] ^= 0x04;
      opensToTheSameOrNot(wrapping, flipped);
      opensToTheSameOrNot(wrapping, Arrays.copyOf(message, i));
    }
  }

  private static void opensToTheSameOrNot(PgpWrapping wrapping, byte[] message) throws Exception {
    String armored =
        "-----BEGIN PGP MESSAGE-----\n\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(message)
            + "\n-----END PGP MESSAGE-----\n";
    try {
      assertThat(opened(wrapping, armored)).isEqualTo(DATA_KEY);
    } catch (KeyWrapping.UnavailableException e) {
      assertThat(e).hasMessageNotContaining("0123456789abcdef");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "-----BEGIN PGP MESSAGE-----\n\n-----END PGP MESSAGE-----"})
  void whatIsNoMessageIsRefused(String text) {
    PgpWrapping wrapping = new PgpWrapping(new PgpKeys(), InstantSource.system(), RANDOM);
    assertThatThrownBy(() -> opened(wrapping, text))
        .isInstanceOf(KeyWrapping.UnavailableException.class);
    assertThatThrownBy(() -> new PgpKeys().add(("x" + text).getBytes(UTF_8)))
        .isInstanceOf(IOException.class)
        .hasMessageMatching("a malformed OpenPGP key ring|no OpenPGP keys");
  }
}
