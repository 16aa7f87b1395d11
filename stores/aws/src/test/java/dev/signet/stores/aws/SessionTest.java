package dev.signet.stores.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;

/** When there is a login, by a clock that the test turns. */
final class SessionTest {

  private final AtomicLong now = new AtomicLong(-5);
  private final AtomicInteger logins = new AtomicInteger();
  private final Session session = new Session(now::get);
  private Optional<Problem> failing = Optional.empty();
  private Duration life = Duration.ofHours(1);

  private Session.Grant login() throws StoreException {
    logins.incrementAndGet();
    if (failing.isPresent()) {
      throw new StoreException(failing.get(), "no");
    }
    return new Session.Grant(AwsBasicCredentials.create("id" + logins, "key"), life);
  }

  private String used() throws StoreException {
    return session.use(this::login).credentials().accessKeyId();
  }

  private void later(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void credentialsAreReplacedAfterTwoThirdsOfTheirLife() throws Exception {
    assertThat(used()).isEqualTo("id1");
    later(Duration.ofMinutes(39));
    assertThat(used()).isEqualTo("id1");
    later(Duration.ofMinutes(1));
    assertThat(used()).isEqualTo("id2");
  }

  @Test
  void thoseAtHandAreUsedToTheirEndWhereNobodyAnswers() throws Exception {
    assertThat(used()).isEqualTo("id1");
    failing = Optional.of(new Problem.Unreachable());
    later(Duration.ofMinutes(50));
    assertThat(used()).isEqualTo("id1");
    later(Duration.ofMinutes(9));
    assertThat(catchThrowableOfType(StoreException.class, this::used)).isNotNull();
  }

  @Test
  void whatKeepsItselfIsAskedEachTime() throws Exception {
    life = Duration.ZERO;
    assertThat(used()).isEqualTo("id1");
    assertThat(used()).isEqualTo("id2");
  }

  @Test
  void expiredOnesAreReplacedOnceAMinute() throws Exception {
    Session.Use first = session.use(this::login);
    assertThat(session.replaced(first.number(), this::login)).isTrue();
    assertThat(session.replaced(first.number(), this::login)).as("by somebody else").isTrue();
    Session.Use second = session.use(this::login);
    assertThat(second.credentials().accessKeyId()).isEqualTo("id2");
    assertThat(session.replaced(second.number(), this::login)).isFalse();
    later(Duration.ofMinutes(1));
    assertThat(session.replaced(second.number(), this::login)).isTrue();
    assertThat(logins).hasValue(3);
  }

  @Test
  void aRefusedLoginIsNotTriedForTenSeconds() throws Exception {
    failing = Optional.of(new Problem.Denied());
    for (int i = 0; i < 3; i++) {
      assertThat(catchThrowableOfType(StoreException.class, this::used).problem())
          .isEqualTo(new Problem.Denied());
    }
    assertThat(logins).hasValue(1);
    failing = Optional.empty();
    later(Duration.ofSeconds(10));
    assertThat(used()).isEqualTo("id2");
  }
}
