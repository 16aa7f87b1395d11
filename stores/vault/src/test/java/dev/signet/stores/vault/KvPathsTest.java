package dev.signet.stores.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.delivery.store.StoreException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KvPathsTest {

  @ParameterizedTest
  @CsvSource({
    "m,      true,  foo,           m/data/foo,        m/metadata/foo",
    "m,      true,  m/foo,         m/data/foo,        m/metadata/foo",
    "m,      true,  m/data/foo,    m/data/foo,        m/metadata/foo",
    "m,      true,  a/b,           m/data/a/b,        m/metadata/a/b",
    "m,      true,  /a,            m/data/a,          m/metadata/a",
    "m,      true,  data/a,        m/data/data/a,     m/metadata/data/a",
    "/m/,    true,  foo,           m/data/foo,        m/metadata/foo",
    "team/m, true,  team/m/foo,    team/m/data/foo,   team/m/metadata/foo",
    "m,      false, foo,           m/foo,             m/foo",
    "m,      false, m/foo,         m/foo,             m/foo",
    "'',     true,  m/foo,         m/data/foo,        m/metadata/foo",
    "'',     true,  m/data/foo,    m/data/foo,        m/metadata/foo",
    "'',     true,  t/m/data/foo,  t/m/data/foo,      t/m/metadata/foo",
    "'',     false, m/foo,         m/foo,             m/foo",
    "'',     false, m/data/foo,    m/data/foo,        m/data/foo",
  })
  void aKeyIsLookedForAsUpstreamDoes(
      String mount, boolean versioned, String key, String data, String metadata)
      throws StoreException {
    KvPaths paths = KvPaths.of(mount, versioned);

    assertThat(paths.data(key)).isEqualTo(data);
    assertThat(paths.metadata(key)).isEqualTo(metadata);
  }

  @Test
  void withoutAPathAKeyNamesItsEngine() {
    assertThatThrownBy(() -> KvPaths.of("", true).data("foo"))
        .hasMessageStartingWith("key foo names no engine");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"m/data/../sys/raw", "m/./a", "m//a", "..", "m/data/a/", "m/a\nb", "m/a\u0000"})
  void whatWouldLeadOutOfTheEngineIsRefused(String path) {
    assertThatThrownBy(() -> KvPaths.encoded(path)).hasMessageContaining("is no path in Vault");
  }

  @Test
  void whatAnAddressCannotHoldIsEncoded() throws StoreException {
    assertThat(KvPaths.encoded("m/a b?c#d%2e%2e/é+"))
        .isEqualTo("m/a%20b%3Fc%23d%252e%252e/%C3%A9%2B");
  }
}
