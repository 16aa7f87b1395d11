package dev.signet.dialects.sealedsecrets;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubeNamesTest {

  @ParameterizedTest
  @CsvSource({
    "a, true, true, true",
    "a-1, true, true, true",
    "a.b, false, true, true",
    "-a, false, false, true",
    "a-, false, false, true",
    "a..b, false, false, true",
    "A, false, false, true",
    "a_b, false, false, true",
    "tls.crt, false, true, true",
    ".x, false, false, true",
    "., false, false, false",
    "..x, false, false, false",
    "a/b, false, false, false",
    "é, false, false, false",
    "'', false, false, false",
  })
  void namesAreThoseOfKubernetes(String name, boolean label, boolean subdomain, boolean key) {
    assertThat(KubeNames.isLabel(name)).as("label").isEqualTo(label);
    assertThat(KubeNames.isSubdomain(name)).as("subdomain").isEqualTo(subdomain);
    assertThat(KubeNames.isSecretKey(name)).as("key").isEqualTo(key);
  }

  @ParameterizedTest
  @CsvSource({"63, true, true", "64, false, true", "253, false, true", "254, false, false"})
  void namesHaveALength(int length, boolean label, boolean others) {
    String name = "a".repeat(length);
    assertThat(KubeNames.isLabel(name)).isEqualTo(label);
    assertThat(KubeNames.isSubdomain(name)).isEqualTo(others);
    assertThat(KubeNames.isSecretKey(name)).isEqualTo(others);
  }
}
