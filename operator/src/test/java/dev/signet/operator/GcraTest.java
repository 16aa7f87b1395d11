package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GcraTest {

  private static final long SECOND = 1_000_000_000L;

  /** What upstream's limiter answers at two a second and a burst of two. */
  @Test
  void theNumbersAreUpstreams() {
    Gcra gcra = new Gcra(2, 2);
    List<String> states = new ArrayList<>();
    long[] times = {0, 0, 0, 0, SECOND / 2, SECOND / 2, 10 * SECOND};
    for (long time : times) {
      Gcra.State state = gcra.look("k", time);
      if (!state.limited()) {
        gcra.count("k", time);
      }
      states.add(
          (state.limited() ? "no " : "yes ")
              + state.limit()
              + " "
              + state.remaining()
              + " "
              + state.resetNanos() / (SECOND / 10));
    }
    assertThat(states)
        .containsExactly(
            "yes 3 2 5",
            "yes 3 1 10",
            "yes 3 0 15",
            "no 3 0 15",
            "yes 3 0 15",
            "no 3 0 15",
            "yes 3 2 5");
  }

  @Test
  void keysDoNotShare() {
    Gcra gcra = new Gcra(1, 0);
    gcra.count("a", 0);
    assertThat(gcra.look("a", 0).limited()).isTrue();
    assertThat(gcra.look("b", 0).limited()).isFalse();
  }

  @Test
  void theClientIsTheLastAddressAndThoseBeforeItAreNot() {
    Askers askers = new Askers(1, 0);
    assertThat(asked(askers, "10.0.0.1", "1.1.1.1, 9.9.9.9")).isTrue();
    assertThat(asked(askers, "10.0.0.1", "2.2.2.2, 9.9.9.9")).isFalse();
    assertThat(asked(askers, "10.0.0.1", "9.9.9.9")).isFalse();
    assertThat(asked(askers, "10.0.0.1", "9.9.9.9, 8.8.8.8")).isTrue();
    assertThat(asked(askers, "10.0.0.1", "a.b")).isTrue();
    assertThat(asked(askers, "10.0.0.1", "c.d")).isFalse();
  }

  @Test
  void anIpv6NetworkIsOneClient() {
    Askers askers = new Askers(1, 0);
    assertThat(asked(askers, "10.0.0.1", "2001:db8::1")).isTrue();
    assertThat(asked(askers, "10.0.0.1", "2001:db8::2")).isFalse();
    assertThat(asked(askers, "10.0.0.1", "2001:db8:0:1::2")).isTrue();
  }

  @Test
  void whoeverInventsClientsIsStoppedAsAPeer() {
    Askers askers = new Askers(1, 0);
    int passed = 0;
    for (int i = 0; i < 100; i++) {
      passed += asked(askers, "10.0.0.1", "1.1.1." + i) ? 1 : 0;
    }
    assertThat(passed).isEqualTo(8);
    assertThat(asked(askers, "10.0.0.2", "7.7.7.7")).isTrue();
  }

  @Test
  void allTogetherHaveALimit() {
    Askers askers = new Askers(2, 2);
    int passed = 0;
    for (int i = 0; i < 200; i++) {
      passed += asked(askers, "10.0." + i + ".1", "1.1." + i + ".1") ? 1 : 0;
    }
    assertThat(passed).isEqualTo(48);
  }

  @Test
  void pathsDoNotShare() {
    Askers askers = new Askers(1, 0);
    assertThat(askers.ask("/a", address("10.0.0.1"), List.of(), 0).limited()).isFalse();
    assertThat(askers.ask("/b", address("10.0.0.1"), List.of(), 0).limited()).isFalse();
    assertThat(askers.ask("/a", address("10.0.0.1"), List.of(), 0).limited()).isTrue();
  }

  private static boolean asked(Askers askers, String peer, String forwardedFor) {
    return !askers.ask("/v1/verify", address(peer), List.of("x", forwardedFor), 0).limited();
  }

  private static InetAddress address(String text) {
    return InetAddress.ofLiteral(text);
  }
}
