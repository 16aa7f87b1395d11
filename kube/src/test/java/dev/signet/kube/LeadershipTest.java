package dev.signet.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Processes that share one Lease, on a clock that the test moves. */
class LeadershipTest {

  private long now;
  private final SharedLease lease = new SharedLease();
  private final List<String> told = new ArrayList<>();

  /** The Lease as the API server keeps it, and how long it takes to answer. */
  private final class SharedLease implements LeadershipLease {
    private Optional<LeadershipClaim> claim = Optional.empty();
    private long versions;
    private boolean down;
    private long slow;

    @Override
    public Optional<LeadershipClaim> read() throws ObjectsException {
      answer();
      return claim;
    }

    @Override
    public LeadershipClaim create(LeadershipClaim wanted) throws ObjectsException {
      return put(wanted);
    }

    @Override
    public LeadershipClaim replace(LeadershipClaim wanted, boolean taken) throws ObjectsException {
      return put(wanted);
    }

    private LeadershipClaim put(LeadershipClaim wanted) throws ObjectsException {
      String version = claim.map(LeadershipClaim::version).orElse("");
      answer();
      if (!version.equals(wanted.version())) {
        throw new ObjectsException(new Problem.Conflict(), "the lease changed");
      }
      LeadershipClaim stored =
          new LeadershipClaim(
              wanted.holder(), wanted.seconds(), wanted.transitions(), Long.toString(++versions));
      claim = Optional.of(stored);
      return stored;
    }

    private void answer() throws ObjectsException {
      now += slow;
      if (down) {
        throw new ObjectsException(new Problem.Unreachable(), "no answer");
      }
    }

    private String holder() {
      return claim.map(LeadershipClaim::holder).orElse("nobody");
    }
  }

  private Leadership process(String name) {
    return new Leadership(
        lease,
        name,
        Leadership.Terms.USUAL,
        () -> now,
        new Leadership.Listener() {
          @Override
          public void leads() {
            told.add(name + " leads");
          }

          @Override
          public void standsBy() {
            told.add(name + " stands by");
          }

          @Override
          public void failed(ObjectsException why) {
            told.add(name + " failed");
          }
        });
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private void run(Duration time, Leadership... processes) {
    for (long end = now + time.toNanos(); now < end; pass(Leadership.Terms.USUAL.retry())) {
      for (Leadership each : processes) {
        each.step();
      }
      assertThat(List.of(processes).stream().filter(Leadership::holds).count())
          .isLessThanOrEqualTo(1);
    }
  }

  @Test
  void theFirstLeadsForAsLongAsItRenews() {
    Leadership a = process("a");
    Leadership b = process("b");
    run(Duration.ofMinutes(10), a, b);

    assertThat(told).containsExactly("a leads");
    assertThat(a.holds()).isTrue();
    assertThat(b.holds()).isFalse();
  }

  @Test
  void anotherLeadsWhenTheLeaderIsSilentForTheTermAndNotBefore() {
    Leadership a = process("a");
    Leadership b = process("b");
    run(Duration.ofSeconds(4), a, b);

    run(Duration.ofSeconds(14), b);
    assertThat(told).containsExactly("a leads");
    run(Duration.ofSeconds(6), b);
    assertThat(told).containsExactly("a leads", "b leads");
    assertThat(lease.claim.orElseThrow().transitions()).isEqualTo(1);
  }

  @Test
  void aLeaderThatWasStoppedKnowsAtOnceThatItsLeadIsOver() {
    Leadership a = process("a");
    Leadership b = process("b");
    run(Duration.ofSeconds(4), a, b);
    run(Duration.ofSeconds(30), b);

    assertThat(a.holds()).as("before it did anything").isFalse();
    a.step();
    a.step();
    assertThat(told).containsExactly("a leads", "b leads", "a stands by");
    assertThat(lease.holder()).isEqualTo("b");
  }

  @Test
  void aLeadEndsBeforeAnotherMayBeginWhenNothingAnswers() {
    Leadership a = process("a");
    a.step();
    lease.down = true;
    run(Duration.ofSeconds(10), a);
    a.step();

    assertThat(a.holds()).isFalse();
    assertThat(told).endsWith("a failed", "a stands by").startsWith("a leads");
    assertThat(now).isLessThan(Leadership.Terms.USUAL.lease().toNanos());
  }

  @Test
  void theSameLeaderGoesOnAfterAnOutageIfNobodyElseCame() {
    Leadership a = process("a");
    a.step();
    lease.down = true;
    run(Duration.ofSeconds(60), a);
    lease.down = false;
    run(Duration.ofSeconds(4), a);

    assertThat(a.holds()).isTrue();
    assertThat(told.stream().filter(each -> !each.endsWith("failed")))
        .containsExactly("a leads", "a stands by", "a leads");
  }

  @Test
  void aRenewalCountsFromWhenItWasSentNotFromWhenItWasAnswered() {
    Leadership a = process("a");
    lease.slow = Duration.ofSeconds(6).toNanos();
    a.step();

    assertThat(a.holds()).as("12 s after the first request was sent").isFalse();
    assertThat(told).isEmpty();
  }

  @Test
  void ofSeveralThatTakeItAtOnceOneSucceeds() {
    Leadership a = process("a");
    Leadership b = process("b");
    Leadership c = process("c");
    run(Duration.ofSeconds(4), a, b, c);
    run(Duration.ofSeconds(20), b, c);

    assertThat(told).containsExactly("a leads", "b leads");
  }

  @Test
  void aLeadThatIsGivenBackIsTakenAtOnce() {
    Leadership a = process("a");
    Leadership b = process("b");
    run(Duration.ofSeconds(4), a, b);
    a.release();
    assertThat(a.holds()).isFalse();
    b.step();

    assertThat(told).containsExactly("a leads", "a stands by", "b leads");
  }

  @Test
  void whoDoesNotLeadGivesNothingBack() {
    Leadership a = process("a");
    Leadership b = process("b");
    run(Duration.ofSeconds(4), a, b);
    b.release();

    assertThat(lease.holder()).isEqualTo("a");
    assertThat(told).containsExactly("a leads");
  }

  @Test
  void aProcessThatFindsItsOwnNameGoesOnWithoutWaiting() {
    process("a").step();
    Leadership again = process("a");
    again.step();

    assertThat(again.holds()).isTrue();
  }

  @Test
  void aHolderWithALongerTermIsGivenIt() {
    lease.claim = Optional.of(new LeadershipClaim("other", 60, 3, "0"));
    Leadership a = process("a");
    run(Duration.ofSeconds(58), a);
    assertThat(told).isEmpty();
    run(Duration.ofSeconds(10), a);
    assertThat(told).containsExactly("a leads");
  }

  @Test
  void aLeaseThatSomebodyElseWroteIntoEndsTheLead() {
    Leadership a = process("a");
    a.step();
    lease.claim = Optional.of(new LeadershipClaim("b", 15, 1, "99"));
    a.step();

    assertThat(a.holds()).isFalse();
    assertThat(told).containsExactly("a leads", "a stands by");
  }

  @Test
  void termsThatCouldOverlapAreRefused() {
    assertThatThrownBy(
            () ->
                new Leadership.Terms(
                    Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(2)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
