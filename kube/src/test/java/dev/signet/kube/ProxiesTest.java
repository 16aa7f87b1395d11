package dev.signet.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.signet.delivery.ObjectsException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxiesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          https://a.example.org:6443 | ''                   | proxy
          https://a.example.org:6443 | *                    | direct
          https://a.example.org:6443 | a.example.org        | direct
          https://a.example.org:6443 | example.org          | direct
          https://a.example.org:6443 | .example.org         | direct
          https://a.example.org:6443 | *.example.org        | direct
          https://a.example.org:6443 | EXAMPLE.org          | direct
          https://a.example.org:6443 | ample.org            | proxy
          https://a.example.org:6443 | b.org, example.org   | direct
          https://a.example.org:6443 | example.org:6443     | direct
          https://a.example.org:6443 | example.org:443      | proxy
          https://example.org        | .example.org         | proxy
          https://example.org        | example.org:443      | direct
          https://10.1.2.3           | 10.0.0.0/8           | direct
          https://10.1.2.3           | 10.1.2.3/32          | direct
          https://10.1.2.3           | 10.1.2.2/31          | direct
          https://10.1.2.3           | 10.1.2.0/31          | proxy
          https://10.1.2.3           | 10.1.2.3             | direct
          https://10.1.2.3           | 10.1.2.3/x           | proxy
          https://[fd00::1]:6443     | fd00::/8             | direct
          https://[fd00::1]:6443     | fe00::/8             | proxy
          https://localhost:6443     | ''                   | direct
          https://127.0.0.1:6443     | ''                   | direct
          https://127.8.9.1:6443     | ''                   | direct
          https://[::1]:6443         | ''                   | direct
          """)
  void noProxyByGosRules(String server, String noProxy, String way) throws ObjectsException {
    Map<String, String> environment = Map.of("HTTPS_PROXY", "http://p:3128", "NO_PROXY", noProxy);
    assertThat(Proxies.choose(server, Optional.empty(), environment))
        .isEqualTo(way.equals("proxy") ? Optional.of("http://p:3128") : Optional.empty());
  }

  @Test
  void theKubeconfigComesFirstAndEvenForThisMachine() throws ObjectsException {
    Map<String, String> environment = Map.of("HTTPS_PROXY", "http://p:3128", "NO_PROXY", "*");
    assertThat(Proxies.choose("https://127.0.0.1:6443", Optional.of("http://q:8080"), environment))
        .contains("http://q:8080");
  }

  @Test
  void withoutTlsAnotherVariableCounts() throws ObjectsException {
    Map<String, String> environment = Map.of("http_proxy", "p", "HTTPS_PROXY", "http://q:1");
    assertThat(Proxies.choose("http://a.example.org", Optional.empty(), environment))
        .contains("http://p:80");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"socks5://p:1", "https://p:1", "http://user:canary@p:1", "http://a b:canary"})
  void whatCannotBeUsedIsRefusedWithoutQuotingIt(String proxy) {
    assertThatExceptionOfType(ObjectsException.class)
        .isThrownBy(
            () -> Proxies.choose("https://a.org", Optional.empty(), Map.of("HTTPS_PROXY", proxy)))
        .withMessageStartingWith("HTTPS_PROXY")
        .satisfies(e -> assertThat(e).message().doesNotContain("canary"));
  }
}
