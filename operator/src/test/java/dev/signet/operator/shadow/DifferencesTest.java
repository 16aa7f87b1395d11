package dev.signet.operator.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Ref;
import dev.signet.operator.shadow.Difference.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DifferencesTest {

  private static final Ref APP = new Ref(new GroupKind("bitnami.com", "SealedSecret"), "ns", "app");
  private static final Difference VALUE = new Difference(Kind.ITEM_VALUE, "password");
  private static final Difference EXTRA = new Difference(Kind.ITEM_EXTRA, "old");

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final Differences differences =
      new Differences(Duration.ofSeconds(10), () -> Instant.EPOCH, nanos::get);

  private void passes(int seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  private void looked(String state, Difference... found) {
    differences.looked(APP, state, Arrays.asList(found));
  }

  private List<Difference> told() {
    return differences.told().stream().map(Differences.Told::difference).toList();
  }

  @Test
  void aDifferenceIsToldWhenItIsStillThereAfterNothingHasChangedForAWhile() {
    looked("1", VALUE);
    assertThat(told()).isEmpty();
    assertThat(differences.unsettled()).isEqualTo(1);
    assertThat(differences.due()).isEmpty();
    passes(10);
    assertThat(differences.due()).containsExactly(APP);
    assertThat(differences.due()).as("asked for once").isEmpty();
    looked("1", VALUE);
    assertThat(told()).containsExactly(VALUE);
    assertThat(differences.unsettled()).isZero();
    assertThat(differences.counts())
        .containsEntry(Kind.ITEM_VALUE, 1)
        .containsEntry(Kind.ITEM_EXTRA, 0)
        .hasSize(Kind.values().length);
  }

  @Test
  void whatAnotherControllerDoesMeanwhileIsNotTold() {
    looked("1", new Difference(Kind.SECRET_MISSING, "ns/app"));
    passes(9);
    looked("2", new Difference(Kind.STATUS_SYNCED, "is not there, would be True"));
    passes(9);
    looked("3");
    passes(9);
    assertThat(told()).isEmpty();
    assertThat(differences.due()).isEmpty();
    assertThat(differences.unsettled()).isZero();
    assertThat(differences.compared(Set.of())).isEqualTo(1);
  }

  @Test
  void aDifferenceThatIsToldStaysUntilALookDoesNotFindIt() {
    looked("1", VALUE, EXTRA);
    passes(10);
    looked("1", VALUE, EXTRA);
    looked("2", EXTRA);
    assertThat(told()).as("at once, though something has just changed").containsExactly(EXTRA);
    looked("3", EXTRA, VALUE);
    assertThat(told()).as("the new one has to settle again").containsExactly(EXTRA);
    looked("4");
    assertThat(told()).isEmpty();
  }

  @Test
  void withTheObjectGoAllItsDifferences() {
    looked("1", VALUE);
    passes(10);
    looked("1", VALUE);
    differences.gone(APP);
    assertThat(told()).isEmpty();
    assertThat(differences.compared(Set.of())).isZero();
    assertThat(differences.due()).isEmpty();
  }

  @Test
  void whatStandsForAllKeysIsNoObjectThatWasCompared() {
    looked("1");
    assertThat(differences.compared(Set.of(APP))).isZero();
  }
}
