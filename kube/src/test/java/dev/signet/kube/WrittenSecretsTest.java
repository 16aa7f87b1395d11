package dev.signet.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WrittenSecretsTest {

  private static final Ref DB = Ref.secret("team", "db");

  private final AtomicLong now = new AtomicLong();
  private final WrittenSecrets written = new WrittenSecrets(now::get);

  private static Metadata version(String uid, String version) {
    return Metadata.named("team", "db").with("uid", uid).with("resourceVersion", version);
  }

  private String newest(Optional<Metadata> cached) {
    return newest(cached, "");
  }

  private String newest(Optional<Metadata> cached, String gone) {
    return written.newest(DB, cached, gone::equals).map(Metadata::resourceVersion).orElse("none");
  }

  @Test
  void anOwnWriteCountsUntilTheCacheIsAsNew() {
    written.wrote(version("u", "10"));
    assertThat(newest(Optional.empty())).isEqualTo("10");
    assertThat(newest(Optional.of(version("u", "9")))).isEqualTo("10");
    assertThat(newest(Optional.of(version("u", "10")))).isEqualTo("10");
    assertThat(newest(Optional.of(version("u", "9")))).as("given way for good").isEqualTo("9");
  }

  @Test
  void aNewerStateWinsWhoeverMadeIt() {
    written.wrote(version("u", "10"));
    assertThat(newest(Optional.of(version("u", "100")))).isEqualTo("100");
    written.wrote(version("u", "110"));
    assertThat(newest(Optional.of(version("other", "120")))).isEqualTo("120");
    written.wrote(version("u", "130"));
    assertThat(newest(Optional.of(version("other", "120")))).isEqualTo("130");
  }

  @Test
  void answersInTheWrongOrderDoNotGoBack() {
    written.wrote(version("u", "11"));
    written.wrote(version("u", "10"));
    assertThat(newest(Optional.empty())).isEqualTo("11");
  }

  @Test
  void aDeletionEndsIt() {
    written.wrote(version("u", "10"));
    written.gone("u");
    assertThat(newest(Optional.empty())).isEqualTo("none");
  }

  @Test
  void aDeletionThatWasSeenBeforeTheAnswerEndsItToo() {
    written.wrote(version("u", "10"));
    assertThat(newest(Optional.empty(), "u")).isEqualTo("none");
  }

  @Test
  void anOwnDeletionCountsUntilTheCacheSeesIt() {
    written.deleted("team", "db", "u");
    assertThat(newest(Optional.of(version("u", "9")))).isEqualTo("none");
    assertThat(newest(Optional.of(version("new", "12")))).isEqualTo("12");
  }

  @Test
  void afterHalfAMinuteTheCacheIsBelieved() {
    written.wrote(version("u", "10"));
    now.addAndGet(Duration.ofSeconds(30).toNanos() - 1);
    assertThat(newest(Optional.of(version("u", "9")))).isEqualTo("10");
    now.incrementAndGet();
    assertThat(newest(Optional.of(version("u", "9")))).isEqualTo("9");
    assertThat(newest(Optional.empty())).isEqualTo("none");
  }

  @Test
  void versionsThatAreNoNumbersAreOnlyEqualOrNot() {
    written.wrote(version("u", "b"));
    assertThat(newest(Optional.of(version("u", "c")))).isEqualTo("b");
    assertThat(newest(Optional.of(version("u", "b")))).isEqualTo("b");
    assertThat(newest(Optional.of(version("u", "c")))).isEqualTo("c");
  }

  @Test
  void numbersAreComparedAsNumbers() {
    assertThat(Versions.older("9", "10")).isTrue();
    assertThat(Versions.older("10", "9")).isFalse();
    assertThat(Versions.older("10", "10")).isFalse();
    assertThat(Versions.older("99999999999999999999998", "99999999999999999999999")).isTrue();
    assertThat(Versions.older("", "1")).isFalse();
    assertThat(Versions.older("a", "b")).isFalse();
    assertThat(Versions.older("1", "01")).isFalse();
    assertThat(Versions.older("0", "1")).isTrue();
  }
}
