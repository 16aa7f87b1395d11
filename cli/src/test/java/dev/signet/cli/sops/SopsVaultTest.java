package dev.signet.cli.sops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.OnVault;
import dev.signet.testkit.cluster.Peer;
import dev.signet.testkit.cluster.Vault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys of a real Vault, publishing to it, and key services, beside upstream's program. */
@OnVault
class SopsVaultTest {

  private static final Duration STARTS = Duration.ofSeconds(30);
  private static final String IDENTITY =
      "AGE-SECRET-KEY-1T2W9HQVYYU4DFWNZ862X3MKU8U9FL06EEZHWCDGMHHKV3TU98MQS9NMM9T";
  private static final String RECIPIENT =
      "age12ulzhlzus3g93vt7pgeue9r27q9grsw96z59m3jfgxyyefwkv3rsjyne45";

  @TempDir Path folder;

  private SopsHarness sops;
  private String engine = "";
  private String key = "";

  @BeforeEach
  void aKey(Vault vault) throws Exception {
    sops = new SopsHarness(folder);
    engine = vault.mount("transit");
    key = vault.url() + "/v1/" + engine + "/keys/k";
    sops.variable("VAULT_TOKEN", Vault.ROOT).variable("VAULT_ADDR", vault.url());
    sops.file("f.yaml", "a: b\nlist: [1, {c: d}]\n");
  }

  private static SopsHarness.Result ok(SopsHarness.Result result) {
    assertThat(result.exit()).as(result.err()).isZero();
    return result;
  }

  private void bothOpen(String file, String expected) throws Exception {
    assertThat(ok(sops.run("decrypt", "--extract", "[\"a\"]", file)).out()).isEqualTo(expected);
    assertThat(ok(sops.upstream("decrypt", "--extract", "[\"a\"]", file)).out())
        .isEqualTo(expected);
  }

  @Test
  void eachProgramOpensWhatTheOtherEncrypted() throws Exception {
    ok(sops.run("encrypt", "--hc-vault-transit", key, "-i", "f.yaml"));
    assertThat(sops.read("f.yaml"))
        .contains("hc_vault:", "engine_path: " + engine, "key_name: k", "enc: vault:v1:");
    bothOpen("f.yaml", "b");

    sops.file("g.yaml", "a: c\n").variable("SOPS_VAULT_URIS", key);
    ok(sops.upstream("encrypt", "-i", "g.yaml"));
    bothOpen("g.yaml", "c");
    sops.file("h.yaml", "a: d\n");
    ok(sops.run("encrypt", "-i", "h.yaml"));
    bothOpen("h.yaml", "d");
  }

  @Test
  void rotationAndNewKeysOfTheConfigurationReachVault() throws Exception {
    sops.variable("SOPS_AGE_KEY", IDENTITY);
    ok(sops.run("encrypt", "--age", RECIPIENT, "-i", "f.yaml"));
    ok(sops.run("rotate", "-i", "--add-hc-vault-transit", key, "--rm-age", RECIPIENT, "f.yaml"));
    assertThat(sops.read("f.yaml")).doesNotContain(RECIPIENT).contains("key_name: k");
    bothOpen("f.yaml", "b");

    sops.file(
        ".sops.yaml",
        """
        creation_rules:
          - key_groups:
              - hc_vault: [%s2]
              - hc_vault: [%s]
        """
            .formatted(key, key));
    assertThat(ok(sops.run("updatekeys", "-y", "f.yaml")).out()).contains("+++ " + key + "2");
    assertThat(sops.read("f.yaml"))
        .contains("shamir_threshold: 2", "key_name: k2", "key_name: k\n");
    bothOpen("f.yaml", "b");
    sops.variable("SOPS_AGE_KEY", "");
    bothOpen("f.yaml", "b");
    assertThat(ok(sops.run("updatekeys", "-y", "f.yaml")).err()).contains("already up to date");
  }

  @Test
  void whatVaultRefusesChangesNothing() throws Exception {
    String before = sops.read("f.yaml");
    sops.variable("VAULT_TOKEN", "canary-token");
    SopsHarness.Result result = sops.run("encrypt", "--hc-vault-transit", key, "-i", "f.yaml");
    assertThat(result.exit()).isNotZero();
    assertThat(result.err())
        .contains("failed to encrypt sops data key to Vault transit backend")
        .doesNotContain("canary");
    assertThat(sops.read("f.yaml")).isEqualTo(before);
    for (String wrong :
        new String[] {
          "vault/v1/transit/keys/k", "https://v/p/v1/transit/keys/k", "https://v/v1/k"
        }) {
      assertThat(sops.run("encrypt", "--hc-vault-transit", wrong, "f.yaml").err())
          .isEqualTo(sops.upstream("encrypt", "--hc-vault-transit", wrong, "f.yaml").err());
    }
  }

  @Test
  void valuesArePublishedAsUpstreamPublishesThem(Vault vault) throws Exception {
    String mount = vault.mount("kv-v2");
    sops.variable("SOPS_AGE_KEY", IDENTITY);
    ok(sops.run("encrypt", "--age", RECIPIENT, "-i", "f.yaml"));
    Files.createDirectories(folder.resolve("some/deep"));
    Files.writeString(folder.resolve("some/deep/g.json"), "{\"x\": {\"y\": true, \"z\": null}}");
    ok(sops.run("encrypt", "--age", RECIPIENT, "-i", "some/deep/g.json"));
    sops.file(
        ".sops.yaml",
        """
        destination_rules:
          - path_regex: ^some/
            vault_path: ours/some
            vault_kv_mount_name: %1$s
            omit_extensions: true
          - path_regex: f.yaml
            vault_path: ours
            vault_kv_mount_name: %1$s/
            vault_kv_version: 2
        """
            .formatted(mount));
    ok(sops.run("publish", "-y", "f.yaml"));
    assertThat(ok(sops.run("publish", "-y", "f.yaml")).err()).contains("already up-to-date");
    assertThat(ok(sops.run("publish", "-y", "--recursive", "some")).err()).isEmpty();
    assertThat(vault.read(mount + "/data/ours/f.yaml").body())
        .contains("\"a\":\"b\"")
        .contains("\"list\":[1,{\"c\":\"d\"}]")
        .contains("\"version\":1");
    String ours = vault.read(mount + "/data/ours/some/deep/g").body();
    assertThat(ours).contains("\"data\":{\"x\":{\"y\":true,\"z\":null}}");

    ok(sops.upstream("publish", "-y", "--recursive", "some"));
    assertThat(vault.read(mount + "/data/ours/some/deep/g").body())
        .contains("\"data\":{\"x\":{\"y\":true,\"z\":null}}")
        .contains("\"version\":1");
  }

  @Test
  void publishingAsksAndRefusesAsUpstreamDoes() throws Exception {
    sops.variable("SOPS_AGE_KEY", IDENTITY);
    ok(sops.run("encrypt", "--age", RECIPIENT, "-i", "f.yaml"));
    assertThat(sops.run("publish", "f.yaml").err()).isEqualTo("config file not found\n");
    sops.file(".sops.yaml", "destination_rules:\n  - {path_regex: other, vault_path: p}\n");
    assertThat(sops.run("publish", "f.yaml").err())
        .isEqualTo("error loading config: no matching destination found in config\n");
    sops.file(".sops.yaml", "destination_rules:\n  - {vault_path: p, s3_bucket: b}\n");
    assertThat(sops.run("publish", "f.yaml").err()).contains("more than one destinations");
    sops.file(".sops.yaml", "destination_rules:\n  - {vault_path: p}\n");
    SopsHarness.Result refused = sops.input("x\nn\n").run("publish", "f.yaml");
    assertThat(refused.exit()).isOne();
    assertThat(refused.out()).contains("/v1/secret/data/p/f.yaml ? (y/n): uploading");
    assertThat(refused.err()).contains("canceled");
    assertThat(sops.run("publish", ".").err()).contains("without --recursive flag");
    assertThat(sops.run("publish").exit()).isEqualTo(100);
  }

  private Process upstreamService(Path socket) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                Peer.SOPS.needed().toString(),
                "keyservice",
                "--network",
                "unix",
                "--address",
                socket.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("service.log").toFile());
    builder.environment().clear();
    builder.environment().putAll(sops.environment());
    Process process = builder.start();
    Eventually.holds(STARTS, "upstream's key service to listen", () -> Files.exists(socket));
    return process;
  }

  @Test
  void upstreamsKeyServiceIsAsked() throws Exception {
    sops.variable("SOPS_AGE_KEY", IDENTITY);
    Process service = upstreamService(folder.resolve("s"));
    try {
      sops.variable("SOPS_AGE_KEY", "").variable("VAULT_TOKEN", "");
      String[] there = {
        "--keyservice", "unix://" + folder.resolve("s"), "--enable-local-keyservice=false"
      };
      ok(
          sops.run(
              "encrypt",
              there[0],
              there[1],
              there[2],
              "--hc-vault-transit",
              key,
              "--age",
              RECIPIENT,
              "-i",
              "f.yaml"));
      assertThat(sops.run("decrypt", "f.yaml").exit()).isEqualTo(128);
      assertThat(
              ok(sops.run("decrypt", there[0], there[1], "--extract", "[\"a\"]", "f.yaml")).out())
          .isEqualTo("b");
      sops.variable("SOPS_KEYSERVICE", there[1]);
      assertThat(
              ok(sops.run("decrypt", "--decryption-order", "hc_vault,age", there[2], "f.yaml"))
                  .out())
          .startsWith("a: b");
    } finally {
      service.destroy();
      service.waitFor();
    }
  }

  @Test
  void upstreamAsksOurKeyService() throws Exception {
    sops.variable("SOPS_AGE_KEY", IDENTITY);
    ok(sops.run("encrypt", "--hc-vault-transit", key, "--age", RECIPIENT, "-i", "f.yaml"));
    Path socket = folder.resolve("ours");
    SopsHarness server = new SopsHarness(folder);
    sops.environment().forEach(server::variable);
    Thread service =
        Thread.ofVirtual()
            .start(
                () ->
                    server.run("keyservice", "--network", "unix", "--address", socket.toString()));
    try {
      Eventually.holds(STARTS, "our key service to listen", () -> Files.exists(socket));
      sops.variable("SOPS_AGE_KEY", "").variable("VAULT_TOKEN", "");
      assertThat(sops.upstream("decrypt", "f.yaml").exit()).isEqualTo(128);
      for (String order : new String[] {"hc_vault,age", "age,hc_vault"}) {
        assertThat(
                ok(sops.upstream(
                        "decrypt",
                        "--decryption-order",
                        order,
                        "--enable-local-keyservice=false",
                        "--keyservice",
                        "unix://" + socket,
                        "--extract",
                        "[\"a\"]",
                        "f.yaml"))
                    .out())
            .isEqualTo("b");
      }
      ok(sops.upstream("rotate", "-i", "--keyservice", "unix://" + socket, "f.yaml"));
      assertThat(ok(sops.run("decrypt", "--keyservice", "unix://" + socket, "f.yaml")).out())
          .startsWith("a: b");
    } finally {
      service.interrupt();
      service.join();
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void noServiceAtAllIsSaid() {
    SopsHarness.Result result =
        sops.run("encrypt", "--age", RECIPIENT, "--enable-local-keyservice=false", "f.yaml");
    assertThat(result.exit()).isOne();
    assertThat(result.err()).contains("no key services provided");
    assertThat(sops.run("decrypt", "--keyservice", "http://x", "f.yaml").err())
        .contains("the address of a key service is malformed");
  }
}
