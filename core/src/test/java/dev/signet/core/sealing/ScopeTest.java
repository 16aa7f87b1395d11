package dev.signet.core.sealing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScopeTest {

  @ParameterizedTest
  @CsvSource({
    "strict, STRICT, ns/name",
    "namespace-wide, NAMESPACE_WIDE, ns",
    "cluster-wide, CLUSTER_WIDE, ''",
    "'', STRICT, ns/name",
  })
  void flagTextNamesAScopeWithItsLabel(String text, Scope scope, String label) {
    assertThat(Scope.parse(text)).contains(scope);
    assertThat(scope.label("ns", "name")).isEqualTo(label.getBytes(UTF_8));
    assertThat(Scope.parse(scope.text())).contains(scope);
  }

  @ParameterizedTest
  @CsvSource({"Strict", "namespace", "cluster_wide", "' strict'"})
  void otherTextIsNoScope(String text) {
    assertThat(Scope.parse(text)).isEmpty();
  }

  @Test
  void labelsAreUtf8() {
    assertThat(Scope.STRICT.label("é", "x")).containsExactly(0xc3, 0xa9, '/', 'x');
  }
}
