package dev.signet.remote;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.Base64Variants;
import dev.signet.core.SecretBytes;
import dev.signet.remote.ServiceDouble.Asked;
import dev.signet.remote.ServiceDouble.Said;
import dev.signet.remote.ServiceDouble.Unexpected;
import dev.signet.sops.Destination;
import dev.signet.sops.KeyWrapping;
import dev.signet.sops.MasterKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Google Cloud KMS, Cloud Storage and the login of a service account, as Google's documentation has
 * them: each header, audience, scope and field is checked.
 */
class GoogleServicesTest {

  private static final String KEY = "projects/p/locations/global/keyRings/r/cryptoKeys/k";
  private static final String ACCOUNT = "robot@p.iam.gserviceaccount.com";
  private static KeyPair account;

  @TempDir Path folder;

  private final Map<String, byte[]> sealed = new ConcurrentHashMap<>();
  private final Map<String, String> objects = new ConcurrentHashMap<>();
  private final Map<String, String> environment = new HashMap<>();
  private ServiceDouble google;

  @BeforeAll
  static void anAccount() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    account = generator.generateKeyPair();
  }

  @BeforeEach
  void start() throws IOException {
    google = ServiceDouble.plain(this::answer);
    environment.put("HOME", folder.toString());
    environment.put("SOPS_GCP_KMS_ENDPOINT", google.url());
    String pem =
        "-----BEGIN PRIVATE KEY-----\\n"
            + Base64.getEncoder().encodeToString(account.getPrivate().getEncoded())
            + "\\n-----END PRIVATE KEY-----\\n";
    Files.writeString(
        folder.resolve("account.json"),
        """
        {"type": "service_account", "client_email": "%s", "client_id": "1", "private_key_id": "id",
         "private_key": "%s", "token_uri": "%s/token", "project_id": "p"}
        """
            .formatted(ACCOUNT, pem, google.url()));
  }

  @AfterEach
  void stop() {
    google.close();
  }

  private static void expect(boolean holds, String what) throws Unexpected {
    if (!holds) {
      throw new Unexpected(what);
    }
  }

  private Said answer(Asked asked) throws Unexpected {
    expect(asked.method().equals("POST"), "not POST");
    if (asked.path().equals("/token")) {
      return login(asked);
    }
    expect(asked.header("Authorization").orElse("").equals("Bearer issued"), "no token");
    if (asked.path().startsWith("/upload/")) {
      expect(asked.path().equals("/upload/storage/v1/b/bucket/o"), "another bucket");
      expect("media".equals(asked.query().get("uploadType")), "another way of uploading");
      expect(asked.header("Content-Type").isPresent(), "no type");
      objects.put(asked.query().getOrDefault("name", ""), asked.body());
      return Said.json("{\"kind\": \"storage#object\"}");
    }
    expect(asked.header("Content-Type").orElse("").equals("application/json"), "another type");
    byte[] body = asked.body().getBytes(UTF_8);
    if (asked.path().equals("/v1/" + KEY + ":encrypt")) {
      byte[] plain =
          Json.bytes(body, Base64Variants.MIME_NO_LINEFEEDS, "plaintext")
              .orElseThrow(() -> new Unexpected("no plain text"));
      String text = Base64.getEncoder().encodeToString(("sealed " + sealed.size()).getBytes(UTF_8));
      sealed.put(text, plain);
      return Said.json(
          """
          {"name": "%s/cryptoKeyVersions/1", "ciphertext": "%s", "ciphertextCrc32c": "1",
           "protectionLevel": "SOFTWARE"}
          """
              .formatted(KEY, text));
    }
    expect(asked.path().equals("/v1/" + KEY + ":decrypt"), "another path");
    byte[] plain = sealed.get(Json.text(body, "ciphertext").orElse(""));
    expect(plain != null, "Decryption failed: the ciphertext is invalid.");
    return Said.json(
        "{\"plaintext\": \""
            + Base64.getEncoder().encodeToString(plain)
            + "\", \"usedPrimary\": true}");
  }

  private Said login(Asked asked) throws Unexpected {
    expect(
        asked.header("Content-Type").orElse("").startsWith("application/x-www-form-urlencoded"),
        "another type");
    expect(
        "urn:ietf:params:oauth:grant-type:jwt-bearer".equals(asked.form().get("grant_type")),
        "another grant");
    String[] parts = asked.form().getOrDefault("assertion", "").split("\\.");
    expect(parts.length == 3, "no assertion");
    byte[] claims = Base64.getUrlDecoder().decode(parts[1]);
    expect(Json.text(claims, "iss").orElse("").equals(ACCOUNT), "another account");
    // Google's, wherever it is asked.
    expect(
        Json.text(claims, "aud").orElse("").equals("https://oauth2.googleapis.com/token"),
        "another audience");
    expect(
        Json.text(claims, "scope")
            .orElse("")
            .equals("https://www.googleapis.com/auth/cloud-platform"),
        "another scope");
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initVerify(account.getPublic());
      signature.update((parts[0] + "." + parts[1]).getBytes(UTF_8));
      expect(signature.verify(Base64.getUrlDecoder().decode(parts[2])), "another signature");
    } catch (GeneralSecurityException e) {
      throw new Unexpected("no signature");
    }
    return Said.json(
        "{\"access_token\": \"issued\", \"expires_in\": 3600, \"token_type\": \"Bearer\"}");
  }

  private Machine machine() {
    return new Machine(environment, folder, Clock.systemUTC());
  }

  private static MasterKey key(String name) {
    return new MasterKey.GcpKms(name, OffsetDateTime.parse("2026-01-01T00:00:00Z"), "");
  }

  private void opensWhatItSealed() throws Exception {
    try (ServiceKeys keys = new ServiceKeys(machine());
        SecretBytes part = SecretBytes.copyOf("0123456789abcdef0123456789abcdef".getBytes(UTF_8))) {
      MasterKey wrapped = key(KEY).withEnc(keys.wrap(key(KEY), part));
      assertThat(wrapped.enc()).matches("[A-Za-z0-9+/]+=*");
      try (SecretBytes again = keys.unwrap(wrapped)) {
        assertThat(again.matches(part)).isTrue();
      }
    }
  }

  @Test
  void anAccountInAFileLogsInAndSeals() throws Exception {
    environment.put("GOOGLE_CREDENTIALS", folder.resolve("account.json").toString());
    opensWhatItSealed();
    assertThat(google.requests())
        .containsExactly(
            "POST /token",
            "POST /v1/" + KEY + ":encrypt",
            "POST /token",
            "POST /v1/" + KEY + ":decrypt");
  }

  @Test
  void anAccountMayStandInTheVariableItself() throws Exception {
    environment.put("GOOGLE_CREDENTIALS", Files.readString(folder.resolve("account.json")));
    opensWhatItSealed();
  }

  @Test
  void theFileForApplicationsComesAfterTheToken() throws Exception {
    environment.put("GOOGLE_APPLICATION_CREDENTIALS", folder.resolve("account.json").toString());
    opensWhatItSealed();
    environment.put("GOOGLE_OAUTH_ACCESS_TOKEN", "issued");
    google.requests().clear();
    opensWhatItSealed();
    assertThat(google.requests()).doesNotContain("POST /token");
  }

  @Test
  void theFileThatGcloudKeepsIsFound() throws Exception {
    Path kept = Files.createDirectories(folder.resolve(".config/gcloud"));
    Files.copy(
        folder.resolve("account.json"), kept.resolve("application_default_credentials.json"));
    opensWhatItSealed();
  }

  @Test
  void whatGoogleRefusesIsSaid() {
    environment.put("GOOGLE_OAUTH_ACCESS_TOKEN", "issued");
    try (ServiceKeys keys = new ServiceKeys(machine())) {
      assertThatThrownBy(() -> keys.unwrap(key(KEY).withEnc("bm90aGluZw==")))
          .isInstanceOf(KeyWrapping.UnavailableException.class)
          .hasMessageContaining("Google answered 400: Decryption failed");
      assertThatThrownBy(() -> keys.unwrap(key("projects/p/../k").withEnc("bm90aGluZw==")))
          .hasMessageContaining("no valid resource ID");
    }
    environment.put("GOOGLE_OAUTH_ACCESS_TOKEN", "another");
    try (ServiceKeys keys = new ServiceKeys(machine())) {
      assertThatThrownBy(() -> keys.unwrap(key(KEY).withEnc("bm90aGluZw==")))
          .hasMessageContaining("no token")
          .hasMessageNotContaining("another");
    }
  }

  @Test
  void aFileIsPutIntoABucket() throws Exception {
    environment.put("GOOGLE_OAUTH_ACCESS_TOKEN", "issued");
    Publishing publishing = new Publishing(machine(), google.url());
    Destination bucket = new Destination.Gcs("bucket", "some/prefix/");
    assertThat(publishing.place(bucket, "f.yaml")).isEqualTo("gcs://bucket/some/prefix/f.yaml");
    assertThat(publishing.put(bucket, "f.yaml", "a: b\n".getBytes(UTF_8))).isTrue();
    assertThat(objects).containsExactly(Map.entry("some/prefix/f.yaml", "a: b\n"));
    assertThatThrownBy(
            () -> publishing.put(new Destination.Gcs("other", ""), "f", "x".getBytes(UTF_8)))
        .hasMessageContaining("another bucket");
  }
}
