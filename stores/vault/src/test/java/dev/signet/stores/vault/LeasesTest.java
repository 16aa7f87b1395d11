package dev.signet.stores.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.contract.Given;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class LeasesTest {

  private static final Duration HOUR = Duration.ofHours(1);

  private final AtomicLong nanos = new AtomicLong();
  private final Leases leases = new Leases(nanos::get);

  private static final class Engine implements Leases.Engine {
    final List<String> done = new ArrayList<>();
    int made;
    boolean renewable = true;
    Duration left = HOUR;
    Optional<Problem> refuses = Optional.empty();
    long token = 1;

    @Override
    public Optional<Leases.Lease> read() {
      done.add("read");
      made++;
      return Optional.of(
          new Leases.Lease("l" + made, Given.bytes("value " + made), HOUR, renewable));
    }

    @Override
    public Duration renewed(String id, Duration by) throws StoreException {
      done.add("renew " + id + " by " + by.toMinutes());
      if (refuses.isPresent()) {
        throw new StoreException(refuses.get(), "no");
      }
      return left;
    }

    @Override
    public long token() {
      return token;
    }
  }

  private final Engine engine = new Engine();

  private String get(String begun) throws StoreException {
    return Given.text(leases.get("db/creds/r", begun, engine).orElseThrow().data());
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void itIsOneForEverybodyAndRenewedWhenItIsUsedAgain() throws Exception {
    assertThat(get("")).isEqualTo("value 1");
    assertThat(get("")).isEqualTo("value 1");
    for (int i = 0; i < 20; i++) {
      pass(Duration.ofMinutes(30));
      assertThat(get("")).isEqualTo("value 1");
    }
    assertThat(engine.done).hasSize(21).startsWith("read", "renew l1 by 60");
  }

  @Test
  void whoBeganWithOneKeepsItWhenItIsReplaced() throws Exception {
    assertThat(get("")).isEqualTo("value 1");
    pass(Duration.ofHours(2));
    assertThat(get("")).isEqualTo("value 2");
    assertThat(get("l1")).isEqualTo("value 1");
    assertThat(get("")).isEqualTo("value 2");
  }

  @Test
  void itIsReplacedWhenItsTimeGetsShort() throws Exception {
    get("");
    engine.left = Duration.ofMinutes(39);
    pass(Duration.ofMinutes(1));
    assertThat(get("")).isEqualTo("value 2");
  }

  @Test
  void itIsReplacedWhenTheServerHasForgottenItOrItsTokenIsAnother() throws Exception {
    get("");
    engine.refuses = Optional.of(new Problem.Malformed());
    pass(Duration.ofMinutes(1));
    assertThat(get("")).isEqualTo("value 2");
    engine.token = 2;
    assertThat(get("")).isEqualTo("value 3");
    assertThat(get("")).isEqualTo("value 3");
  }

  @Test
  void whoMayNotRenewUsesItForTwoThirdsOfItsTime() throws Exception {
    get("");
    engine.refuses = Optional.of(new Problem.Denied());
    pass(Duration.ofMinutes(39));
    assertThat(get("")).isEqualTo("value 1");
    pass(Duration.ofMinutes(2));
    assertThat(get("")).isEqualTo("value 2");
    assertThat(engine.done).containsExactly("read", "renew l1 by 60", "read");
  }

  @Test
  void whileTheServerIsDownItHoldsToItsEnd() throws Exception {
    get("");
    engine.refuses = Optional.of(new Problem.Unreachable());
    pass(Duration.ofMinutes(59));
    assertThat(get("")).isEqualTo("value 1");
  }
}
