package dev.signet.stores.azure;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.https.Clients;
import dev.signet.stores.https.Endpoint;
import dev.signet.stores.https.Referents;
import dev.signet.stores.https.Tokens;
import dev.signet.stores.https.Trust;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * {@code spec.provider.azurekv}, understood whole before anything is asked.
 *
 * <p>A token goes only where it is for: the vault has to be below the name that the token is asked
 * for. Else who may write a SecretStore could have the operator's own token sent to himself.
 *
 * @param name of who asks, from which nothing can be told
 */
record AzureConfiguration(Endpoint endpoint, URI vault, AzureLogin login, String name) {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String CLIENT = "azure.workload.identity/client-id";
  private static final String TENANT = "azure.workload.identity/tenant-id";

  /**
   * A cloud.
   *
   * @param authority where tokens are given out
   * @param resource what tokens are asked for
   * @param suffix what the names of vaults end with
   */
  record Cloud(String authority, String resource, String suffix) {
    private static Cloud of(String authority, String suffix) {
      return new Cloud("https://" + authority + "/", "https://" + suffix, suffix);
    }
  }

  private static final Map<String, Cloud> CLOUDS =
      Map.of(
          "PublicCloud", Cloud.of("login.microsoftonline.com", "vault.azure.net"),
          "USGovernmentCloud", Cloud.of("login.microsoftonline.us", "vault.usgovcloudapi.net"),
          "ChinaCloud", Cloud.of("login.chinacloudapi.cn", "vault.azure.cn"),
          "GermanCloud", Cloud.of("login.microsoftonline.de", "vault.microsoftazure.de"));

  static AzureConfiguration of(
      String identity,
      Fields configuration,
      References references,
      Clients clients,
      AzureStore.Surroundings surroundings)
      throws MalformedObjectException, StoreException {
    // Upstream has two SDKs and means one of them by this; here there is one way.
    configuration.bool("useAzureSDK");
    String type =
        configuration.string("authType").filter(it -> !it.isEmpty()).orElse("ServicePrincipal");
    Cloud cloud = cloud(configuration);
    URI vault = vault(configuration);
    Endpoint endpoint;
    try {
      Trust usual = Trust.of(Fields.of(Map.of(), configuration.path()), References.NONE);
      endpoint = new Endpoint(clients.of(usual), identity, TIMEOUT, surroundings.route());
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this JDK has no authorities to trust", e);
    }
    Made made = new Made(configuration, references, endpoint, cloud, surroundings.environment());
    AzureLogin login =
        switch (type) {
          case "ServicePrincipal" -> made.servicePrincipal();
          case "ManagedIdentity" -> made.managedIdentity();
          case "WorkloadIdentity" -> made.workloadIdentity();
          default ->
              throw new MalformedObjectException(
                  configuration.path()
                      + ".authType must be one of [ServicePrincipal, ManagedIdentity,"
                      + " WorkloadIdentity]");
        };
    boolean complete = false;
    try {
      made.passOver();
      configuration.refuseUnread();
      requireFor(vault, cloud, login, configuration);
      AzureConfiguration read =
          new AzureConfiguration(
              endpoint,
              vault,
              login,
              Tokens.identity(
                  login.name(),
                  cloud.authority(),
                  cloud.resource(),
                  Referents.asWhom(
                      configuration, references, List.of("authSecretRef", "serviceAccountRef"))));
      complete = true;
      return read;
    } finally {
      if (!complete) {
        login.close();
      }
    }
  }

  private static void requireFor(URI vault, Cloud cloud, AzureLogin login, Fields configuration)
      throws MalformedObjectException {
    String host = vault.getHost().toLowerCase(Locale.ROOT);
    List<String> suffixes = new ArrayList<>(List.of(cloud.suffix()));
    if (login.ofProcess()) {
      suffixes.add(host(cloud.resource(), configuration));
    }
    for (String suffix : suffixes) {
      if (!host.endsWith("." + suffix.toLowerCase(Locale.ROOT))) {
        throw new MalformedObjectException(
            configuration.path()
                + ".vaultUrl is no vault of that cloud, whose names end with ."
                + suffix
                + ": no token is sent there");
      }
    }
  }

  private static String host(String address, Fields configuration) throws MalformedObjectException {
    return address(address, configuration.path() + ".customCloudConfig").getHost();
  }

  private static Cloud cloud(Fields configuration) throws MalformedObjectException {
    String environment =
        configuration.string("environmentType").filter(it -> !it.isEmpty()).orElse("PublicCloud");
    Cloud base = CLOUDS.get(environment);
    Optional<Fields> custom = configuration.object("customCloudConfig");
    if (base == null && !environment.equals("AzureStackCloud")) {
      throw new MalformedObjectException(
          configuration.path()
              + ".environmentType must be PublicCloud, USGovernmentCloud, ChinaCloud, GermanCloud"
              + " or AzureStackCloud");
    }
    if (custom.isEmpty()) {
      if (base == null) {
        throw new MalformedObjectException(
            configuration.path()
                + ": customCloudConfig is required when environmentType is AzureStackCloud");
      }
      return base;
    }
    Fields own = custom.get();
    // Nothing is asked of it here.
    own.string("resourceManagerEndpoint");
    String authority = own.requiredString("activeDirectoryEndpoint");
    address(authority, own.path() + ".activeDirectoryEndpoint");
    String suffix = own.string("keyVaultDNSSuffix").orElse("").replaceAll("^\\.+", "");
    String resource = own.string("keyVaultEndpoint").orElse("").replaceAll("/+$", "");
    if (!suffix.matches("[A-Za-z0-9.-]*")) {
      throw new MalformedObjectException(own.path() + ".keyVaultDNSSuffix is no name of hosts");
    }
    if (suffix.isEmpty() && resource.isEmpty()) {
      if (base == null) {
        throw new MalformedObjectException(
            own.path() + ": keyVaultEndpoint or keyVaultDNSSuffix says what tokens are for");
      }
      return new Cloud(authority, base.resource(), base.suffix());
    }
    if (resource.isEmpty()) {
      resource = "https://" + suffix;
    }
    String host = address(resource, own.path() + ".keyVaultEndpoint").getHost();
    return new Cloud(authority, resource, suffix.isEmpty() ? host : suffix);
  }

  private static URI vault(Fields configuration) throws MalformedObjectException {
    String path = configuration.path() + ".vaultUrl";
    URI uri = address(configuration.requiredString("vaultUrl"), path);
    if (!uri.getRawPath().matches("/*")) {
      throw new MalformedObjectException(path + " has a path, which no vault has");
    }
    return URI.create("https://" + uri.getRawAuthority() + "/");
  }

  private static URI address(String text, String path) throws MalformedObjectException {
    try {
      URI uri = URI.create(text);
      if (uri.getHost() != null
          && uri.getRawQuery() == null
          && uri.getRawUserInfo() == null
          && uri.getRawFragment() == null
          && "https".equals(uri.getScheme())) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Said below, without what it holds.
    }
    throw new MalformedObjectException(path + " is no address that begins with https://");
  }

  /** Makes the login of a configuration. */
  private record Made(
      Fields configuration,
      References references,
      Endpoint endpoint,
      Cloud cloud,
      Map<String, String> environment) {

    private String optional(String field) throws MalformedObjectException {
      return configuration.string(field).orElse("");
    }

    private String tenant() throws MalformedObjectException {
      return known(optional("tenantId"), "tenantId");
    }

    private String known(String text, String what) throws MalformedObjectException {
      if (!text.matches("[A-Za-z0-9.-]*")) {
        throw new MalformedObjectException(
            configuration.path() + ": " + what + " has characters that no such name has");
      }
      return text;
    }

    private String text(Fields selector, String what)
        throws MalformedObjectException, StoreException {
      try (SecretBytes value = references.secret(selector)) {
        return known(value.with(bytes -> new String(bytes, StandardCharsets.UTF_8).strip()), what);
      }
    }

    AzureLogin servicePrincipal() throws MalformedObjectException, StoreException {
      String tenant = tenant();
      if (tenant.isEmpty()) {
        throw new MalformedObjectException(
            "missing tenantID in store config: " + configuration.path() + ".tenantId");
      }
      Fields auth =
          configuration
              .object("authSecretRef")
              .orElseThrow(
                  () ->
                      new MalformedObjectException(
                          "missing secretRef in provider config: "
                              + configuration.path()
                              + ".authSecretRef"));
      Optional<Fields> client = auth.object("clientId");
      Optional<Fields> secret = auth.object("clientSecret");
      Optional<Fields> certificate = auth.object("clientCertificate");
      auth.object("tenantId").ifPresent(it -> it.names().forEach(it::raw));
      if (client.isEmpty() || (secret.isEmpty() && certificate.isEmpty())) {
        throw new MalformedObjectException(
            auth.path() + " needs clientId, and clientSecret or clientCertificate");
      }
      if (secret.isPresent() && certificate.isPresent()) {
        throw new MalformedObjectException(
            "both clientSecret and clientCertificate set: " + auth.path());
      }
      String id = text(client.get(), "clientId");
      return secret.isPresent()
          ? new AzureLogin.Secret(tenant, id, references.secret(secret.get()), endpoint, cloud)
          : new AzureLogin.Certificate(
              tenant, id, references.secret(certificate.orElseThrow()), endpoint, cloud);
    }

    AzureLogin managedIdentity() throws MalformedObjectException {
      return new AzureLogin.Machine(known(optional("identityId"), "identityId"), endpoint, cloud);
    }

    AzureLogin workloadIdentity() throws MalformedObjectException, StoreException {
      Optional<Fields> account = configuration.object("serviceAccountRef");
      if (account.isEmpty()) {
        String client = environment.getOrDefault("AZURE_CLIENT_ID", "");
        String tenant = environment.getOrDefault("AZURE_TENANT_ID", "");
        String file = environment.getOrDefault("AZURE_FEDERATED_TOKEN_FILE", "");
        if (client.isEmpty() || tenant.isEmpty() || file.isEmpty()) {
          throw new MalformedObjectException(
              configuration.path()
                  + ": missing environment variables. AZURE_CLIENT_ID, AZURE_TENANT_ID and"
                  + " AZURE_FEDERATED_TOKEN_FILE must be set, or serviceAccountRef");
        }
        return new AzureLogin.Pod(tenant, client, file, endpoint, cloud);
      }
      Fields selector = account.get();
      selector.strings("audiences");
      Map<String, String> annotations = references.accountAnnotations(selector);
      Optional<Fields> auth = configuration.object("authSecretRef");
      String client = "";
      String tenant = "";
      if (auth.isPresent()) {
        client = text(auth.get().requiredObject("clientId"), "clientId");
        Optional<Fields> named = auth.get().object("tenantId");
        tenant = named.isPresent() ? text(named.get(), "tenantId") : "";
      }
      client = one(client, annotations.getOrDefault(CLIENT, ""), "clientID");
      tenant =
          one(
              tenant.isEmpty() ? tenant() : tenant,
              annotations.getOrDefault(TENANT, ""),
              "tenantID");
      if (client.isEmpty()) {
        throw new MalformedObjectException(
            "missing clientID: either serviceAccountRef or service account annotation '"
                + CLIENT
                + "' is missing");
      }
      if (tenant.isEmpty()) {
        tenant = environment.getOrDefault("AZURE_TENANT_ID", "");
      }
      if (tenant.isEmpty()) {
        throw new MalformedObjectException(
            "missing tenantID in store config: " + configuration.path() + ".tenantId");
      }
      return new AzureLogin.Account(
          known(tenant, "tenantId"),
          known(client, "clientId"),
          selector,
          references,
          endpoint,
          cloud);
    }

    private static String one(String first, String second, String what)
        throws MalformedObjectException {
      if (!first.isEmpty() && !second.isEmpty()) {
        throw new MalformedObjectException(
            "multiple " + what + " found. Check secretRef and serviceAccountRef");
      }
      return first.isEmpty() ? second : first;
    }

    /** Fields of other ways to log in mean nothing, as upstream has it. */
    void passOver() throws MalformedObjectException {
      configuration.string("tenantId");
      configuration.string("identityId");
      for (String each : List.of("authSecretRef", "serviceAccountRef")) {
        Optional<Fields> unused = configuration.object(each);
        if (unused.isPresent()) {
          for (String name : unused.get().names()) {
            if (unused.get().raw(name) instanceof Map<?, ?>) {
              unused.get().object(name).ifPresent(it -> it.names().forEach(it::raw));
            }
          }
        }
      }
    }
  }
}
