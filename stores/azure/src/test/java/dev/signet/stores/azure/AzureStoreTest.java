package dev.signet.stores.azure;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.re2j.Pattern;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.JsonTree;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.delivery.store.Writable;
import dev.signet.stores.contract.Given;
import dev.signet.stores.contract.Guide;
import dev.signet.stores.contract.doubles.AzureDouble;
import dev.signet.testkit.cluster.Identity;
import dev.signet.testkit.web.StrictServer;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Key Vault has besides what every store has, against a double of Azure's. */
final class AzureStoreTest {

  private static final String VAULT = "vaultUrl: 'https://v.vault.azure.net'";
  private static final String SECRET =
      VAULT
          + ", tenantId: "
          + AzureDouble.TENANT
          + ", authSecretRef: {clientId: {name: me, key: id}, clientSecret: {name: me, key: secret}}";

  private final AzureDouble azure = new AzureDouble();
  private final StrictServer server = new StrictServer(azure);
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final AtomicLong clock = new AtomicLong();
  private final Map<String, String> environment = new TreeMap<>();
  private final StoreProvider provider =
      AzureStore.provider(
          (of, call, fine) -> calls.add(of + " " + call + " " + fine),
          new AzureStore.Surroundings(
              clock::get,
              Duration.ofMillis(1),
              uri -> StrictServer.route(server.url(), uri),
              environment));
  private final Given given =
      new Given().secret("me", "id", AzureDouble.CLIENT).secret("me", "secret", AzureDouble.SECRET);

  @AfterEach
  void nothingWasAskedThatIsNotInTheProtocol() {
    server.close();
    assertThat(server.complaints()).isEmpty();
  }

  private SecretStore open(String configuration) throws Exception {
    return given.open(provider, "{" + configuration + "}");
  }

  private String secret(String name, String value) {
    return azure.put("secrets/" + name, new TreeMap<>(Map.of("value", value)), Map.of(), null);
  }

  private static String fetch(SecretStore store, String key, String property)
      throws StoreException {
    return Given.text(store.fetch(new RemoteRef(key, property, "")));
  }

  private static StoreException failure(ThrowingCallable what) {
    StoreException thrown = catchThrowableOfType(StoreException.class, what);
    assertThat(thrown).isNotNull();
    return thrown;
  }

  private static void push(SecretStore store, String key, String value, String spec)
      throws Exception {
    Map<String, @Nullable Object> metadata = new TreeMap<>();
    if (!spec.isEmpty()) {
      metadata.put("apiVersion", "kubernetes.external-secrets.io/v1alpha1");
      metadata.put("kind", "PushSecretMetadata");
      metadata.put("spec", Given.fields("{spec: " + spec + "}").raw("spec"));
    }
    try (SecretBytes bytes = Given.bytes(value)) {
      store.writing().orElseThrow().push(new Writable.Remote(key, ""), bytes, metadata);
    }
  }

  private long writes() {
    return server.count(r -> r.host().equals(AzureDouble.HOST) && !r.method().equals("GET"));
  }

  @Test
  void callsAreCountedByUpstreamsNames() throws Exception {
    secret("db", "v");
    try (SecretStore store = open(SECRET)) {
      assertThat(fetch(store, "db", "")).isEqualTo("v");
      failure(() -> fetch(store, "cert/none", ""));
      push(store, "own", "x", "");
    }
    assertThat(calls)
        .contains(
            "Azure/KeyVault GetSecret true",
            "Azure/KeyVault GetCertificate false",
            "Azure/KeyVault SetSecret true");
  }

  @Test
  void aTokenIsRenewedBeforeItsLifeIsOver() throws Exception {
    secret("db", "v");
    try (SecretStore store = open(SECRET)) {
      fetch(store, "db", "");
      clock.addAndGet(Duration.ofMinutes(40).toNanos());
      fetch(store, "db", "");
      assertThat(server.count(r -> r.host().startsWith("login"))).isEqualTo(1);
      clock.addAndGet(Duration.ofMinutes(10).toNanos());
      fetch(store, "db", "");
      assertThat(server.count(r -> r.host().startsWith("login"))).isEqualTo(2);
    }
  }

  @Test
  void aSecretThatIsWrongIsSaidByAzuresCodeAlone() throws Exception {
    given.secret("me", "secret", "wrong");
    try (SecretStore store = open(SECRET)) {
      StoreException refused = failure(store::validate);
      assertThat(refused.problem()).isEqualTo(new Problem.Denied());
      assertThat(refused)
          .hasMessageContaining("AADSTS7000215")
          .hasMessageNotContaining("Invalid client secret");
    }
  }

  @Test
  void aCertificateSignsForAnApplication(@TempDir Path folder) throws Exception {
    Identity identity = identity(folder);
    azure.certificate = Optional.of(identity.certificate().getPublicKey());
    secret("db", "v");
    given.secret("me", "pem", identity.certificatePem() + identity.keyPem());
    try (SecretStore store =
        open(
            VAULT
                + ", tenantId: "
                + AzureDouble.TENANT
                + ", authSecretRef: {clientId: {name: me, key: id}, clientCertificate: {name: me,"
                + " key: pem}}")) {
      assertThat(fetch(store, "db", "")).isEqualTo("v");
    }
  }

  @ParameterizedTest
  @CsvSource({"''", "55555555-aaaa-bbbb-cccc-666666666666"})
  void aMachineHasAnIdentity(String which) throws Exception {
    azure.identity = which.isEmpty() ? Optional.empty() : Optional.of(which);
    secret("db", "v");
    try (SecretStore store =
        open(
            VAULT
                + ", authType: ManagedIdentity"
                + (which.isEmpty() ? "" : ", identityId: " + which))) {
      assertThat(fetch(store, "db", "")).isEqualTo("v");
    }
  }

  @Test
  void anAccountOfTheClusterIsTrustedByAnApplication() throws Exception {
    azure.assertion = Optional.of("kubernetes-token");
    secret("db", "v");
    given
        .account("app", "kubernetes-token")
        .annotated(
            "app",
            Map.of(
                "azure.workload.identity/client-id",
                AzureDouble.CLIENT,
                "azure.workload.identity/tenant-id",
                AzureDouble.TENANT));
    try (SecretStore store =
        open(
            VAULT
                + ", authType: WorkloadIdentity, serviceAccountRef: {name: app, audiences: [a]}")) {
      assertThat(fetch(store, "db", "")).isEqualTo("v");
    }
    assertThat(given.audiences()).containsExactly("api://AzureADTokenExchange", "a");
    assertThatThrownBy(
            () -> open(SECRET + ", authType: WorkloadIdentity, serviceAccountRef: {name: app}"))
        .hasMessageContaining("multiple clientID found");
  }

  @Test
  void aPodIsWhatItsFileSays(@TempDir Path folder) throws Exception {
    azure.assertion = Optional.of("mounted");
    secret("db", "v");
    assertThatThrownBy(() -> open(VAULT + ", authType: WorkloadIdentity"))
        .hasMessageContaining("AZURE_FEDERATED_TOKEN_FILE");
    Path file = Files.writeString(folder.resolve("token"), "mounted\n");
    environment.put("AZURE_CLIENT_ID", AzureDouble.CLIENT);
    environment.put("AZURE_TENANT_ID", AzureDouble.TENANT);
    environment.put("AZURE_FEDERATED_TOKEN_FILE", file.toString());
    try (SecretStore store = open(VAULT + ", authType: WorkloadIdentity")) {
      assertThat(fetch(store, "db", "")).isEqualTo("v");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vaultUrl: 'https://evil.example.com', authType: ManagedIdentity | no token is sent there",
        "vaultUrl: 'https://v.vault.azure.net.evil.com', authType: ManagedIdentity | no token",
        "vaultUrl: 'http://v.vault.azure.net', authType: ManagedIdentity | https",
        "vaultUrl: 'https://v.vault.azure.net/a', authType: ManagedIdentity | path",
        "vaultUrl: 'https://v.vault.azure.net', authType: Other | authType",
        "vaultUrl: 'https://v.vault.azure.net' | tenantID",
        "vaultUrl: 'https://v.vault.azure.cn', authType: ManagedIdentity | vault.azure.net",
        "vaultUrl: 'https://v.vault.azure.net', environmentType: Mars | environmentType",
        "vaultUrl: 'https://v.vault.azure.net', environmentType: AzureStackCloud | customCloud",
        "vaultUrl: 'https://v.vault.azure.net', authType: ManagedIdentity, other: 1 | other",
        "vaultUrl: 'https://v.evil.com', authType: ManagedIdentity, customCloudConfig:"
            + " {activeDirectoryEndpoint: 'https://login.microsoftonline.com/', keyVaultEndpoint:"
            + " 'https://vault.azure.net', keyVaultDNSSuffix: evil.com} | no token is sent there",
      })
  void aConfigurationIsUnderstoodWhole(String configuration, String why) {
    assertThatThrownBy(() -> open(configuration))
        .isInstanceOf(MalformedObjectException.class)
        .hasMessageContaining(why);
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void aCloudOfOnesOwnSaysWhereItsVaultsAre() throws Exception {
    String cloud =
        SECRET.replace("vault.azure.net", "vault.local.example.com")
            + ", environmentType: AzureStackCloud, useAzureSDK: true, customCloudConfig:"
            + " {activeDirectoryEndpoint: 'https://login.local.example.com/', keyVaultEndpoint:"
            + " 'https://vault.adfs.example.com/x', keyVaultDNSSuffix: vault.local.example.com}";
    try (SecretStore store = open(cloud)) {
      failure(() -> fetch(store, "db", ""));
    }
    assertThat(server.requests().getFirst().host()).isEqualTo("login.local.example.com");
    assertThat(server.requests().getFirst().form().get("scope"))
        .contains("https://vault.adfs.example.com/x/.default");
    assertThat(server.complaints()).hasSize(1);
    server.complaints().clear();
  }

  @Test
  void aPropertyIsAPathBeforeItIsANameWithDots() throws Exception {
    secret("db", "{\"a.b\": \"literal\", \"a\": {\"b\": \"path\"}, \"c.d\": 1.0}");
    try (SecretStore store = open(SECRET)) {
      assertThat(fetch(store, "secret/db", "a.b")).isEqualTo("path");
      assertThat(fetch(store, "db", "c.d")).isEqualTo("1");
      assertThat(Given.texts(store.fetchMap(new RemoteRef("db", "", ""))))
          .containsEntry("a.b", "literal")
          .containsEntry("a", "{\"b\": \"path\"}");
    }
  }

  @Test
  void metadataAreTagsAndTimes() throws Exception {
    azure.put(
        "secrets/db",
        new TreeMap<>(Map.of("value", "v")),
        Map.of("team", "a", "json", "{\"x\": \"y\", \"z.z\": \"w\"}"),
        1_800_000_000L);
    try (SecretStore store = open(SECRET)) {
      for (Map.Entry<String, String> each :
          Map.of(
                  "team", "a",
                  "json.x", "y",
                  "json.z.z", "w",
                  "attribute.expires", "2027-01-15T08:00:00Z",
                  "attribute.created", "2023-11-14T22:13:20Z")
              .entrySet()) {
        assertThat(Given.text(store.fetch(new RemoteRef("db", each.getKey(), "", true))))
            .as(each.getKey())
            .isEqualTo(each.getValue());
      }
      assertThat(Given.text(store.fetch(new RemoteRef("db", "", "", true))))
          .contains("\"team\":\"a\"", "attribute.updated");
      assertThat(Given.texts(store.fetchMap(new RemoteRef("db", "", "", true))))
          .containsEntry("db_team", "a")
          .containsEntry("db_json_x", "y");
      assertThat(Given.texts(store.fetchMap(new RemoteRef("db", "team", "", true))))
          .isEqualTo(Map.of("db_team", "a"));
      failure(() -> store.fetch(new RemoteRef("db", "none", "", true)));
    }
  }

  @Test
  void whatIsLookedForHasItsNameAndItsTagsAndIsEnabled() throws Exception {
    azure.put("secrets/app-a", new TreeMap<>(Map.of("value", "1")), Map.of("t", "x"), null);
    azure.put("secrets/app-b", new TreeMap<>(Map.of("value", "2")), Map.of("t", "y"), null);
    secret("off", "3");
    azure.at("secrets/off").newest().put("attributes", Map.of("enabled", false));
    try (SecretStore store = open(SECRET)) {
      assertThat(
              Given.texts(
                  store
                      .searching()
                      .orElseThrow()
                      .find(
                          new Search(
                              Optional.empty(),
                              Optional.of(Pattern.compile("app|off")),
                              Map.of()))))
          .isEqualTo(Map.of("app-a", "1", "app-b", "2"));
      assertThat(
              Given.texts(
                  store
                      .searching()
                      .orElseThrow()
                      .find(
                          new Search(
                              Optional.empty(),
                              Optional.of(Pattern.compile("app")),
                              Map.of("t", "y")))))
          .isEqualTo(Map.of("app-b", "2"));
    }
  }

  @Test
  void theNextPageIsAskedForAtTheSameVaultOnly() throws Exception {
    server.once(
        r -> r.path().equals("/secrets"),
        StrictServer.Answer.json(
            200, "{\"value\": [], \"nextLink\": \"https://evil.example.com/secrets?x=1\"}"));
    try (SecretStore store = open(SECRET)) {
      failure(
          () ->
              store
                  .searching()
                  .orElseThrow()
                  .find(new Search(Optional.empty(), Optional.empty(), Map.of())));
    }
    assertThat(server.requests()).noneSatisfy(r -> assertThat(r.host()).contains("evil"));
  }

  @Test
  void aPushSaysWhenItExpiresAndWhatItIs() throws Exception {
    String spec = "{expirationDate: '2027-01-15T08:00:00Z', contentType: text/x, tags: {team: a}}";
    try (SecretStore store = open(SECRET)) {
      push(store, "own", "v", spec);
      Map<String, @Nullable Object> newest = azure.at("secrets/own").newest();
      assertThat(newest.get("tags"))
          .isEqualTo(Map.of("managed-by", "external-secrets", "team", "a"));
      assertThat(newest.get("contentType")).isEqualTo("text/x");
      assertThat(String.valueOf(newest.get("attributes"))).contains("exp=1800000000");
      long writes = writes();
      push(store, "own", "v", spec);
      push(store, "own", "v", "");
      assertThat(writes()).isEqualTo(writes);
      push(store, "own", "v", "{contentType: text/y}");
      assertThat(azure.at("secrets/own").newest().get("contentType")).isEqualTo("text/y");
      push(store, "own", "w", "");
      assertThat(azure.at("secrets/own").newest().get("contentType")).isEqualTo("text/y");
      failure(() -> push(store, "own", "v", "{tags: {managed-by: me}}"));
      failure(() -> push(store, "own", "v", "{expirationDate: tomorrow}"));
      failure(() -> push(store, "own", "v", "{color: red}"));
      try (SecretBytes value = Given.bytes("v")) {
        failure(
            () ->
                store
                    .writing()
                    .orElseThrow()
                    .push(new Writable.Remote("own", "part"), value, Map.of()));
      }
    }
  }

  @Test
  void whatWasDeletedIsRecoveredBeforeItIsWrittenAgain() throws Exception {
    try (SecretStore store = open(SECRET)) {
      push(store, "own", "v", "");
      store.writing().orElseThrow().delete(new Writable.Remote("own", ""));
      assertThat(azure.deleted).containsKey("secrets/own");
      azure.slow = 3;
      push(store, "own", "w", "");
      assertThat(azure.at("secrets/own").newest().get("value")).isEqualTo("w");

      secret("theirs", "v");
      AzureDouble.Kept theirs = azure.there.remove("secrets/theirs");
      azure.deleted.put("secrets/theirs", theirs);
      assertThat(failure(() -> push(store, "theirs", "w", "")).problem())
          .isEqualTo(new Problem.Denied());
      assertThat(azure.deleted).containsKey("secrets/theirs");
    }
  }

  @Test
  void aKeyIsItsPublicPartAndPushedWhole() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    String pem = pem("PRIVATE KEY", pair.getPrivate().getEncoded());
    try (SecretStore store = open(SECRET)) {
      push(store, "key/signing", pem, "");
      String jwk = fetch(store, "key/signing", "");
      assertThat(JsonTree.object(jwk.getBytes(StandardCharsets.UTF_8)).orElseThrow().keySet())
          .contains("kid", "kty", "n", "e")
          .doesNotContain("d", "p");
      assertThat(fetch(store, "key/signing", "kty")).isEqualTo("RSA");
      long writes = writes();
      push(store, "key/signing", pem, "");
      assertThat(writes()).isEqualTo(writes);
      failure(() -> store.fetchMap(new RemoteRef("key/signing", "", "")));
      store.writing().orElseThrow().delete(new Writable.Remote("key/signing", ""));
      assertThat(azure.there).isEmpty();
      failure(() -> push(store, "key/bad", "-----BEGIN PRIVATE KEY-----\nAAAA", ""));
    }
  }

  @Test
  void aKeyOnACurveIsPushedWithItsPublicPart() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    ECPrivateKey secret = (ECPrivateKey) pair.getPrivate();
    ECPublicKey open = (ECPublicKey) pair.getPublic();
    // SEC 1: version, the number, the curve's name, the point.
    String der =
        "30770201010420"
            + hex(secret.getS())
            + "a00a06082a8648ce3d030107a14403420004"
            + hex(open.getW().getAffineX())
            + hex(open.getW().getAffineY());
    String whole = pem("EC PRIVATE KEY", HexFormat.of().parseHex(der));
    try (SecretStore store = open(SECRET)) {
      push(store, "key/curve", whole, "");
      assertThat(fetch(store, "key/curve", "crv")).isEqualTo("P-256");
      assertThat(Base64.getUrlDecoder().decode(fetch(store, "key/curve", "x")))
          .isEqualTo(HexFormat.of().parseHex(hex(open.getW().getAffineX())));
      long writes = writes();
      push(store, "key/curve", whole, "");
      assertThat(writes()).isEqualTo(writes);
      // Without its public key.
      failure(() -> push(store, "key/half", pem("PRIVATE KEY", secret.getEncoded()), ""));
    }
  }

  private static String hex(BigInteger number) {
    return "%064x".formatted(number);
  }

  /** A key and a certificate of it, signed by itself. */
  private static Identity identity(Path folder) throws Exception {
    Path file = folder.resolve("identity.p12");
    int code =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "a",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=a",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    assertThat(code).isZero();
    KeyStore store = KeyStore.getInstance(file.toFile(), "changeit".toCharArray());
    return new Identity(
        (PrivateKey) store.getKey("a", "changeit".toCharArray()),
        (X509Certificate) store.getCertificate("a"));
  }

  private static String pem(String type, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(type, Base64.getMimeEncoder().encodeToString(der), type);
  }

  @Test
  void aCertificateIsItsDerAndPushedWithItsKey(@TempDir Path folder) throws Exception {
    Identity identity = identity(folder);
    String both = identity.keyPem() + identity.certificatePem();
    try (SecretStore store = open(SECRET)) {
      push(store, "cert/tls", both, "");
      try (SecretBytes der = store.fetch(new RemoteRef("cert/tls", "", "")).value()) {
        byte[] bytes = der.with(byte[]::clone);
        assertThat(
                CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(bytes)))
            .isNotNull();
      }
      long writes = writes();
      push(store, "cert/tls", both, "");
      assertThat(writes()).isEqualTo(writes);
      failure(() -> push(store, "cert/tls", "no certificate", ""));
      failure(() -> store.fetchMap(new RemoteRef("cert/tls", "", "")));
      store.writing().orElseThrow().delete(new Writable.Remote("cert/tls", ""));
      assertThat(azure.there).isEmpty();
    }
  }

  @Test
  void aKeyThatNamesNothingOfAVaultIsNotSent() throws Exception {
    try (SecretStore store = open(SECRET)) {
      for (String key : List.of("other/a", "secret/..", "a_b", "", "secret/")) {
        assertThat(failure(() -> fetch(store, key, "")).problem())
            .isEqualTo(new Problem.Malformed());
      }
      failure(() -> store.fetch(new RemoteRef("a", "", "../b")));
    }
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void aStoreOfTheClusterThatIsOnlyLookedAtCannotBeTold() throws Exception {
    try (SecretStore store = new Given().clusterWide("").open(provider, "{" + SECRET + "}")) {
      assertThat(store.validate()).isEqualTo(SecretStore.Validity.UNKNOWN);
      assertThat(store.writing()).isEmpty();
    }
  }

  @Test
  void theGuideIsTakenAtItsWord() throws Exception {
    azure.assertion = Optional.of("kubernetes-token");
    given
        .account("app", "kubernetes-token")
        .annotated(
            "app",
            Map.of(
                "azure.workload.identity/client-id",
                AzureDouble.CLIENT,
                "azure.workload.identity/tenant-id",
                AzureDouble.TENANT));
    try (SecretStore store =
        provider.open(
            Given.STORE, requireNonNull(Guide.stores("stores-azure.md").get("azurekv")), given)) {
      assertThat(store.validate()).isEqualTo(SecretStore.Validity.READY);
    }
  }
}
