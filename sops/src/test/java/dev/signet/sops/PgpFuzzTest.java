package dev.signet.sops;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Any bytes are read, or refused with the exception that says so. */
class PgpFuzzTest {

  @FuzzTest
  void keys(byte[] input) {
    PgpKeys keys = new PgpKeys();
    try {
      keys.add(input);
    } catch (IOException expected) {
      return;
    }
    var _ = keys.recipient("0000000000000000", Instant.EPOCH);
    var _ = keys.secret(0);
  }

  @FuzzTest
  void messages(byte[] input) {
    PgpWrapping wrapping =
        new PgpWrapping(new PgpKeys(), InstantSource.system(), new SecureRandom());
    try {
      wrapping
          .unwrap(
              new MasterKey.Pgp(
                  "", OffsetDateTime.now(ZoneOffset.UTC), new String(input, ISO_8859_1)))
          .close();
    } catch (KeyWrapping.UnavailableException expected) {
      return;
    }
  }
}
