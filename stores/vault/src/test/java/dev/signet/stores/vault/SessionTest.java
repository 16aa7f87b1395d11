package dev.signet.stores.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.contract.Given;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class SessionTest {

  private static final Duration HOUR = Duration.ofHours(1);

  private final AtomicLong nanos = new AtomicLong(7);
  private final Session session = new Session(nanos::get);

  /** Notes what is done, and gives what it is told to. */
  private static final class Issuer implements Session.Issuer {
    final List<String> done = new ArrayList<>();
    Duration life = HOUR;
    boolean renewable = true;
    Duration left = HOUR;
    boolean known = true;
    boolean replaces = true;
    Problem refuses = new Problem.Malformed();
    boolean refusing;

    @Override
    public Session.Grant login() throws StoreException {
      done.add("login");
      if (refusing) {
        throw new StoreException(refuses, "no");
      }
      return new Session.Grant(Given.bytes("t" + done.size()), "accessor", life, renewable);
    }

    @Override
    public Duration renewed(String token) throws StoreException {
      done.add("renew " + token);
      if (refusing) {
        throw new StoreException(refuses, "no");
      }
      return left;
    }

    @Override
    public boolean known(String token) {
      done.add("known " + token);
      return known;
    }

    @Override
    public void revoke(String token) {
      done.add("revoke " + token);
    }

    @Override
    public boolean replaces() {
      return replaces;
    }
  }

  private final Issuer issuer = new Issuer();

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void aTokenIsUsedForTwoThirdsOfItsLifeThenRenewed() throws Exception {
    session.use(issuer);
    pass(Duration.ofMinutes(39));
    assertThat(session.use(issuer).token()).isEqualTo("t1");
    assertThat(issuer.done).containsExactly("login");

    pass(Duration.ofMinutes(2));
    assertThat(session.use(issuer).token()).isEqualTo("t1");
    pass(Duration.ofMinutes(39));
    session.use(issuer);
    assertThat(issuer.done).containsExactly("login", "renew t1");
  }

  @Test
  void oneThatGetsLittleMoreTimeIsReplaced() throws Exception {
    session.use(issuer);
    issuer.left = Duration.ofMinutes(10);
    pass(Duration.ofMinutes(41));
    assertThat(session.use(issuer).token()).isEqualTo("t3");
    assertThat(issuer.done).containsExactly("login", "renew t1", "login");
  }

  @Test
  void oneThatCannotBeRenewedOrHasEndedIsReplaced() throws Exception {
    issuer.renewable = false;
    session.use(issuer);
    pass(Duration.ofMinutes(41));
    session.use(issuer);
    issuer.renewable = true;
    pass(Duration.ofMinutes(41));
    session.use(issuer);
    pass(Duration.ofMinutes(61));
    session.use(issuer);
    assertThat(issuer.done).containsExactly("login", "login", "login", "login");
  }

  @Test
  void whileTheServerIsDownATokenThatHoldsIsUsed() throws Exception {
    session.use(issuer);
    issuer.refusing = true;
    issuer.refuses = new Problem.Unreachable();
    pass(Duration.ofMinutes(41));
    assertThat(session.use(issuer).token()).isEqualTo("t1");
    pass(Duration.ofMinutes(20));
    assertThatThrownBy(() -> session.use(issuer)).hasMessage("no");
  }

  @Test
  void aTokenWithoutAnEndIsUsedForEver() throws Exception {
    issuer.life = Duration.ZERO;
    session.use(issuer);
    pass(Duration.ofDays(1000));
    session.use(issuer);
    assertThat(issuer.done).containsExactly("login");
  }

  @Test
  void whatIsDeniedToATokenThatIsKnownIsDenied() throws Exception {
    Session.Use use = session.use(issuer);
    assertThat(session.replaced(use.number(), issuer)).isFalse();
    assertThat(issuer.done).containsExactly("login", "known t1");
  }

  @Test
  void aTokenThatIsNotKnownIsReplacedOnceAMinute() throws Exception {
    Session.Use use = session.use(issuer);
    issuer.known = false;
    assertThat(session.replaced(use.number(), issuer)).isTrue();
    // Another call that was denied with the old one.
    assertThat(session.replaced(use.number(), issuer)).isTrue();
    assertThat(issuer.done).containsExactly("login", "known t1", "login");

    assertThat(session.replaced(session.use(issuer).number(), issuer)).isFalse();
    pass(Duration.ofSeconds(61));
    assertThat(session.replaced(session.use(issuer).number(), issuer)).isTrue();
    assertThat(issuer.done).hasSize(5);
  }

  @Test
  void aTokenThatSomebodyGaveIsNotReplaced() throws Exception {
    issuer.replaces = false;
    assertThat(session.replaced(session.use(issuer).number(), issuer)).isFalse();
  }

  @Test
  void aLoginThatWasRefusedIsLeftAloneForAWhile() {
    issuer.refusing = true;
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(() -> session.use(issuer)).hasMessage("no");
    }
    assertThat(issuer.done).hasSize(1);
    pass(Duration.ofSeconds(11));
    assertThatThrownBy(() -> session.use(issuer)).hasMessage("no");
    assertThat(issuer.done).hasSize(2);
  }

  @Test
  void aServerThatWasNotReachedIsTriedAgain() {
    issuer.refusing = true;
    issuer.refuses = new Problem.Unreachable();
    assertThatThrownBy(() -> session.use(issuer)).hasMessage("no");
    assertThatThrownBy(() -> session.use(issuer)).hasMessage("no");
    assertThat(issuer.done).hasSize(2);
  }
}
