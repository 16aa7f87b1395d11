package dev.signet.remote;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.SecretBytes;
import dev.signet.sops.Destination;
import dev.signet.sops.MasterKey;
import dev.signet.testkit.cluster.OnVault;
import dev.signet.testkit.cluster.Vault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The transit engine of a real Vault, and its KV engines to publish to. */
@OnVault
class VaultServicesTest {

  @TempDir Path folder;

  private final Map<String, String> environment = new HashMap<>();

  private Machine machine() {
    environment.put("HOME", folder.toString());
    return new Machine(environment, folder, Clock.systemUTC());
  }

  private ServiceKeys keys() {
    return new ServiceKeys(machine());
  }

  private static MasterKey key(String address, String engine, String name) {
    return new MasterKey.HcVault(
        address, engine, name, OffsetDateTime.parse("2026-01-01T00:00:00Z"), "");
  }

  private static SecretBytes part() {
    return SecretBytes.copyOf("0123456789abcdef0123456789abcdef".getBytes(UTF_8));
  }

  private void opensWhatItSealed(MasterKey key) throws Exception {
    try (ServiceKeys keys = keys();
        SecretBytes part = part()) {
      MasterKey wrapped = key.withEnc(keys.wrap(key, part));
      assertThat(wrapped.enc()).startsWith("vault:v1:");
      try (SecretBytes again = keys.unwrap(wrapped)) {
        assertThat(again.matches(part)).isTrue();
      }
    }
  }

  @Test
  void aKeyIsMadeWhenItIsUsedFirst(Vault vault) throws Exception {
    String engine = vault.mount("transit");
    environment.put("VAULT_TOKEN", Vault.ROOT);
    opensWhatItSealed(key(vault.url(), engine, "new"));
    assertThat(vault.read(engine + "/keys/new").status()).isEqualTo(200);
  }

  @Test
  void theTokenMayStandInAFileAndTheServerSpeakTls(Vault vault) throws Exception {
    String engine = vault.mount("transit");
    Files.writeString(folder.resolve(".vault-token"), Vault.ROOT + "\n");
    environment.put(
        "VAULT_CACERT", Files.writeString(folder.resolve("ca.pem"), vault.authority()).toString());
    opensWhatItSealed(key(vault.tlsUrl(), engine, "k"));
  }

  @Test
  void aCertificateThatNobodyVouchesForIsRefused(Vault vault) {
    environment.put("VAULT_TOKEN", Vault.ROOT);
    try (ServiceKeys keys = keys();
        SecretBytes part = part()) {
      assertThatThrownBy(() -> keys.wrap(key(vault.tlsUrl(), "transit", "k"), part))
          .hasMessageContaining("certificate that is not trusted");
    }
  }

  @Test
  void whatVaultRefusesIsSaidWithoutTheToken(Vault vault) throws Exception {
    String engine = vault.mount("transit");
    environment.put("VAULT_TOKEN", "canary-token");
    try (ServiceKeys keys = keys();
        SecretBytes part = part()) {
      assertThatThrownBy(() -> keys.wrap(key(vault.url(), engine, "k"), part))
          .hasMessageStartingWith(
              "failed to encrypt sops data key to Vault transit backend '" + engine + "/encrypt/k'")
          .hasMessageContaining("403")
          .hasMessageNotContaining("canary");
      assertThatThrownBy(() -> keys.unwrap(key(vault.url(), engine + "/../sys", "k").withEnc("x")))
          .hasMessageContaining("may not have the part '..'");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "all, true",
    "none, false",
    "URL, true",
    "'https://elsewhere, URL/', true",
    "https://elsewhere, false",
    "URL0, false"
  })
  void onlyAllowedAddressesGetTheToken(String list, boolean allowed, Vault vault) throws Exception {
    String engine = vault.mount("transit");
    environment.put("VAULT_TOKEN", Vault.ROOT);
    environment.put("SOPS_HC_VAULT_ALLOWLIST", list.replace("URL", vault.url()));
    if (allowed) {
      opensWhatItSealed(key(vault.url(), engine, "k"));
      return;
    }
    try (ServiceKeys keys = keys();
        SecretBytes part = part()) {
      assertThatThrownBy(() -> keys.wrap(key(vault.url(), engine, "k"), part))
          .hasMessageContaining("is not among the addresses in SOPS_HC_VAULT_ALLOWLIST");
    }
  }

  @ParameterizedTest
  @CsvSource({"kv, 1", "kv-v2, 2"})
  void valuesAreWrittenWhereTheyChanged(String type, int version, Vault vault) throws Exception {
    String mount = vault.mount(type);
    environment.put("VAULT_TOKEN", Vault.ROOT);
    environment.put("VAULT_ADDR", vault.url());
    Publishing publishing = new Publishing(machine());
    Destination.Vault place =
        new Destination.Vault(Optional.empty(), "some/where/", mount + "/", version);
    assertThat(publishing.place(place, "f.yaml"))
        .isEqualTo(
            vault.url() + "/v1/" + mount + (version == 1 ? "" : "/data") + "/some/where/f.yaml");
    for (String content : List.of("{\"a\":{\"x\":1,\"y\":[true,\"\\u00e9\"]},\"b\":\"2\"}")) {
      assertThat(publishing.put(place, "f.yaml", content.getBytes(UTF_8))).isTrue();
      assertThat(publishing.put(place, "f.yaml", content.getBytes(UTF_8))).isFalse();
    }
    assertThat(publishing.put(place, "f.yaml", "{\"a\":{\"x\":\"1\"}}".getBytes(UTF_8))).isTrue();
    assertThat(vault.read(place.secret("f.yaml")).body()).contains("\"x\":\"1\"");
  }

  @Test
  void whoMayOnlyWriteWrites(Vault vault) throws Exception {
    String mount = vault.mount("kv-v2");
    vault.write(
        "sys/policies/acl/" + mount,
        "{\"policy\": \"path \\\""
            + mount
            + "/data/*\\\" {capabilities = [\\\"create\\\","
            + " \\\"update\\\"]}\"}");
    String answer = vault.write("auth/token/create", "{\"policies\": [\"" + mount + "\"]}").body();
    environment.put(
        "VAULT_TOKEN", Json.text(answer.getBytes(UTF_8), "auth", "client_token").orElseThrow());
    Destination.Vault place = new Destination.Vault(Optional.of(vault.url()), "p/", mount + "/", 2);
    assertThat(new Publishing(machine()).put(place, "f", "{\"a\":\"b\"}".getBytes(UTF_8))).isTrue();
    assertThat(vault.read(mount + "/data/p/f").body()).contains("\"a\":\"b\"");
  }
}
