package dev.signet.operator.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CertificatesTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final List<String> HOSTS = List.of("hook.system.svc", "127.0.0.1");
  private static final SecureRandom RANDOM = new SecureRandom();

  private static Certificates make(Optional<Certificates> before, Instant now)
      throws GeneralSecurityException {
    return Certificates.make(HOSTS, before, now, RANDOM);
  }

  @Test
  void theyComeBackFromASecretAsTheyWere() throws GeneralSecurityException {
    Certificates made = make(Optional.empty(), NOW);

    try (Material data = made.data()) {
      assertThat(data.items()).containsOnlyKeys("ca.crt", "ca.key", "tls.crt", "tls.key");
      assertThat(Certificates.read(data)).contains(made);
    }
    made.chain().getFirst().verify(made.authorities().getFirst().getPublicKey());
    assertThat(made.chain().getFirst().getSubjectAlternativeNames())
        .<Object>extracting(each -> each.get(1))
        .containsExactlyElementsOf(HOSTS);
  }

  @Test
  void anEmptySecretHoldsNone() throws GeneralSecurityException {
    try (Material empty = new Material()) {
      assertThat(Certificates.read(empty)).isEmpty();
    }
  }

  @Test
  void aKeyThatCannotBeReadIsNamedAndNotQuoted() throws GeneralSecurityException {
    try (Material data = make(Optional.empty(), NOW).data()) {
      data.put(
          "tls.key",
          new Item(
              SecretBytes.wrap("s3cret".getBytes(StandardCharsets.UTF_8)), Origin.of("test", "")));

      assertThatThrownBy(() -> Certificates.read(data))
          .isInstanceOf(GeneralSecurityException.class)
          .hasMessage("tls.key holds no private key in PEM");
    }
  }

  @Test
  void theyAreGoodForTwoThirdsOfTheirTimeAndForTheirNamesOnly() throws GeneralSecurityException {
    Certificates made = make(Optional.empty(), NOW);

    assertThat(made.goodFor(HOSTS, NOW)).isTrue();
    assertThat(made.goodFor(HOSTS, NOW.plus(Duration.ofDays(240)))).isTrue();
    assertThat(made.goodFor(HOSTS, NOW.plus(Duration.ofDays(250)))).isFalse();
    assertThat(made.goodFor(HOSTS, NOW.minus(Duration.ofDays(1)))).isFalse();
    assertThat(made.goodFor(List.of("other.system.svc"), NOW)).isFalse();
  }

  @Test
  void oneOfAnotherAuthorityIsNotGood() throws GeneralSecurityException {
    Certificates one = make(Optional.empty(), NOW);
    Certificates other = make(Optional.empty(), NOW);

    assertThat(
            new Certificates(other.authorities(), other.authorityKey(), one.chain(), one.key())
                .goodFor(HOSTS, NOW))
        .isFalse();
  }

  @Test
  void theNextOneIsOfTheSameAuthority() throws GeneralSecurityException {
    Certificates first = make(Optional.empty(), NOW);
    Instant later = NOW.plus(Duration.ofDays(250));

    Certificates next = make(Optional.of(first), later);

    assertThat(next.authorities()).isEqualTo(first.authorities());
    assertThat(next.chain()).isNotEqualTo(first.chain());
    assertThat(next.goodFor(HOSTS, later)).isTrue();
  }

  /** Replicas change over one after the other: callers trust both meanwhile. */
  @Test
  void anAuthorityThatNearsItsEndGetsASuccessorAndIsTrustedOn() throws GeneralSecurityException {
    Certificates first = make(Optional.empty(), NOW);
    Instant later = NOW.plus(Duration.ofDays(3400));

    Certificates next = make(Optional.of(first), later);

    assertThat(next.authorities()).hasSize(2).endsWith(first.authorities().getFirst());
    assertThat(next.goodFor(HOSTS, later)).isTrue();
    X509Certificate old = first.chain().getFirst();
    old.verify(next.authorities().getLast().getPublicKey());
    assertThat(make(Optional.of(next), NOW.plus(Duration.ofDays(3700))).authorities())
        .isEqualTo(next.authorities());
  }
}
