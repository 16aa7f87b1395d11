package dev.signet.remote;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.SecretBytes;
import dev.signet.remote.ServiceDouble.Asked;
import dev.signet.remote.ServiceDouble.Said;
import dev.signet.remote.ServiceDouble.Unexpected;
import dev.signet.sops.MasterKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.MGF1ParameterSpec;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A vault of Azure and the logins to it, as Microsoft's documentation has them, with a real RSA
 * key: each header, resource and field is checked.
 */
class AzureKeysTest {

  private static final OAEPParameterSpec OAEP =
      new OAEPParameterSpec(
          "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);
  private static KeyPair rsa;

  @TempDir static Path certificates;

  @TempDir Path folder;

  private final Map<String, String> environment = new HashMap<>();
  private String resource = "";
  private ServiceDouble azure;

  @BeforeAll
  static void aKey() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    rsa = generator.generateKeyPair();
    ServiceDouble.makeCertificate(certificates);
  }

  @BeforeEach
  void start() throws Exception {
    azure = ServiceDouble.tls(certificates, this::answer);
    resource = "https://localhost";
    environment.put("HOME", folder.toString());
    environment.put("PATH", folder.toString());
    environment.put("SSL_CERT_FILE", ServiceDouble.certificate(certificates).toString());
    environment.put("AZURE_AUTHORITY_HOST", azure.url());
  }

  @AfterEach
  void stop() {
    azure.close();
  }

  private static void expect(boolean holds, String what) throws Unexpected {
    if (!holds) {
      throw new Unexpected(what);
    }
  }

  private Said answer(Asked asked) throws Unexpected {
    if (asked.path().startsWith("/metadata/") || asked.path().equals("/msi")) {
      expect(asked.method().equals("GET"), "not GET");
      boolean service = asked.path().equals("/msi");
      expect(
          service
              ? asked.header("X-IDENTITY-HEADER").orElse("").equals("proof")
              : asked.header("Metadata").orElse("").equals("true"),
          "no proof");
      expect(
          (service ? "2019-08-01" : "2018-02-01").equals(asked.query().get("api-version")),
          "another version");
      expect(resource.equals(asked.query().get("resource")), "another resource");
      return Said.json("{\"access_token\": \"issued\", \"resource\": \"" + resource + "\"}");
    }
    if (asked.path().endsWith("/oauth2/v2.0/token")) {
      return login(asked);
    }
    expect("7.4".equals(asked.query().get("api-version")), "another version");
    if (asked.header("Authorization").isEmpty()) {
      expect(asked.body().isEmpty(), "a body for whom it is not known");
      return new Said(
          401,
          Map.of(
              "WWW-Authenticate",
              "Bearer authorization=\"" + azure.url() + "/tenant\", resource=\"" + resource + "\""),
          "");
    }
    expect(asked.header("Authorization").get().equals("Bearer issued"), "another token");
    if (asked.path().equals("/keys/k/")) {
      expect(asked.method().equals("GET"), "not GET");
      return Said.json("{\"key\": {\"kid\": \"" + azure.url() + "/keys/k/v7\", \"kty\": \"RSA\"}}");
    }
    expect(asked.method().equals("POST"), "not POST");
    expect(asked.header("Content-Type").orElse("").equals("application/json"), "another type");
    byte[] body = asked.body().getBytes(UTF_8);
    expect(Json.text(body, "alg").orElse("").equals("RSA-OAEP-256"), "another algorithm");
    String value = Json.text(body, "value").orElseThrow(() -> new Unexpected("no value"));
    expect(!value.contains("=") && !value.contains("+") && !value.contains("/"), "not Base64url");
    try {
      Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
      if (asked.path().equals("/keys/k/v7/encrypt")) {
        cipher.init(Cipher.ENCRYPT_MODE, rsa.getPublic(), OAEP);
      } else {
        expect(asked.path().equals("/keys/k/v7/decrypt"), "another path");
        cipher.init(Cipher.DECRYPT_MODE, rsa.getPrivate(), OAEP);
      }
      byte[] done = cipher.doFinal(Base64.getUrlDecoder().decode(value));
      return Said.json(
          "{\"kid\": \""
              + azure.url()
              + "/keys/k/v7\", \"value\": \""
              + Base64.getUrlEncoder().withoutPadding().encodeToString(done)
              + "\"}");
    } catch (GeneralSecurityException e) {
      throw new Unexpected("The parameter is incorrect.");
    }
  }

  private Said login(Asked asked) throws Unexpected {
    expect(asked.method().equals("POST"), "not POST");
    expect(asked.path().equals("/tenant/oauth2/v2.0/token"), "another tenant");
    Map<String, String> form = asked.form();
    expect("client_credentials".equals(form.get("grant_type")), "another grant");
    expect("client".equals(form.get("client_id")), "another client");
    expect((resource + "/.default").equals(form.get("scope")), "another scope");
    if (form.containsKey("client_secret")) {
      expect("s&cret".equals(form.get("client_secret")), "another secret");
    } else {
      expect("assertion".equals(form.get("client_assertion")), "another assertion");
      expect(
          "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
              .equals(form.get("client_assertion_type")),
          "another type of assertion");
    }
    return Said.json(
        "{\"access_token\": \"issued\", \"expires_in\": 3599, \"token_type\": \"Bearer\"}");
  }

  private MasterKey key() {
    return new MasterKey.AzureKeyVault(
        azure.url(), "k", "", OffsetDateTime.parse("2026-01-01T00:00:00Z"), "");
  }

  private ServiceKeys keys() {
    return new ServiceKeys(new Machine(environment, folder, Clock.systemUTC()));
  }

  private void opensWhatItSealed() throws Exception {
    try (ServiceKeys keys = keys();
        SecretBytes part = SecretBytes.copyOf("0123456789abcdef0123456789abcdef".getBytes(UTF_8))) {
      MasterKey complete = keys.complete(key());
      assertThat(complete.name()).isEqualTo(azure.url() + "/keys/k/v7");
      MasterKey wrapped = complete.withEnc(keys.wrap(complete, part));
      assertThat(wrapped.enc()).matches("[A-Za-z0-9_-]{342}");
      try (SecretBytes again = keys.unwrap(wrapped)) {
        assertThat(again.matches(part)).isTrue();
      }
    }
  }

  private void client(String... more) {
    environment.put("AZURE_TENANT_ID", "tenant");
    environment.put("AZURE_CLIENT_ID", "client");
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
  }

  @Test
  void aClientSecretLogsIn() throws Exception {
    client("AZURE_CLIENT_SECRET", "s&cret");
    opensWhatItSealed();
  }

  @Test
  void aWorkloadLogsInWithTheTokenOfItsServiceAccount() throws Exception {
    Files.writeString(folder.resolve("token"), "assertion\n");
    client("AZURE_FEDERATED_TOKEN_FILE", folder.resolve("token").toString());
    opensWhatItSealed();
  }

  @Test
  void aMachineHasAnIdentity() throws Exception {
    environment.put("AZURE_POD_IDENTITY_AUTHORITY_HOST", azure.url());
    opensWhatItSealed();
  }

  @Test
  void anAppServiceHasAnIdentity() throws Exception {
    environment.put("IDENTITY_ENDPOINT", azure.url() + "/msi");
    environment.put("IDENTITY_HEADER", "proof");
    opensWhatItSealed();
  }

  @Test
  void whatIsSealedForAnotherKeyIsRefused() {
    client("AZURE_CLIENT_SECRET", "s&cret");
    try (ServiceKeys keys = keys()) {
      MasterKey other =
          new MasterKey.AzureKeyVault(
              azure.url(), "k", "v7", OffsetDateTime.parse("2026-01-01T00:00:00Z"), "bm90aGluZw");
      assertThatThrownBy(() -> keys.unwrap(other))
          .hasMessageContaining("the vault answered 400: The parameter is incorrect.");
    }
  }

  @Test
  void aVaultThatWantsATokenForAnotherDomainGetsNone() {
    client("AZURE_CLIENT_SECRET", "s&cret");
    resource = "https://vault.azure.net";
    try (ServiceKeys keys = keys()) {
      assertThatThrownBy(() -> keys.complete(key()))
          .hasMessageContaining("asks for a token for another domain than its own");
    }
    assertThat(azure.requests()).containsExactly("GET /keys/k/");
  }

  @Test
  void aSecretGoesNowhereInPlain() {
    client("AZURE_CLIENT_SECRET", "s&cret", "AZURE_AUTHORITY_HOST", "http://localhost:1");
    try (ServiceKeys keys = keys()) {
      assertThatThrownBy(() -> keys.complete(key())).hasMessageContaining("is not https");
    }
  }
}
