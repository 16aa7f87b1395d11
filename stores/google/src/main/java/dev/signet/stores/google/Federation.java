package dev.signet.stores.google;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.JsonText;
import dev.signet.delivery.store.JsonTree;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.https.Endpoint;
import dev.signet.stores.https.Referents;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code auth.workloadIdentityFederation}: somebody else's tokens for Google's, as a pool allows.
 *
 * <p>An {@code external_account} configuration comes from who may write a ConfigMap, so it can only
 * name servers of Google's pattern, the one token endpoint that the store names besides, and the
 * metadata server of AWS; it can run no program, and not take the token of this process.
 */
final class Federation {

  private static final Pattern EXCHANGE = Pattern.compile("https://sts\\.[^/\\s]+/v1/token");
  private static final Pattern INTROSPECTION =
      Pattern.compile("https://sts\\.[^/\\s]+/v1/introspect");
  private static final Pattern IMPERSONATION =
      Pattern.compile(
          "https://iamcredentials\\.(?:[a-z0-9-]+\\.)*googleapis\\.com/v1/projects/[^/]+"
              + "/serviceAccounts/[a-z0-9-]+@[a-z0-9-]+\\.iam\\.gserviceaccount\\.com"
              + ":generateAccessToken");
  private static final String AMAZON =
      "http://(metadata\\.google\\.internal|169\\.254\\.169\\.254|\\[fd00:ec2::254\\])/latest/";
  private static final List<String> OWN_TOKENS =
      List.of("/var/run/secrets/kubernetes.io", "/run/secrets/kubernetes.io");

  private Federation() {}

  static Login login(Fields federation, References references, Endpoint endpoint)
      throws MalformedObjectException, StoreException {
    Optional<Fields> file = federation.object("credConfig");
    Optional<Fields> account = federation.object("serviceAccountRef");
    Optional<Fields> amazon = federation.object("awsSecurityCredentials");
    String audience = federation.string("audience").orElse("");
    String external = federation.string("externalTokenEndpoint").orElse("");
    Optional<String> email =
        federation.string("gcpServiceAccountEmail").filter(it -> !it.isEmpty());
    if (Stream.of(file, account, amazon).filter(Optional::isPresent).count() != 1) {
      throw new MalformedObjectException(
          federation.path()
              + ": exactly one of credConfig, awsSecurityCredentials or serviceAccountRef must be"
              + " provided");
    }
    if (file.isEmpty() && audience.isEmpty()) {
      throw new MalformedObjectException(
          federation.path()
              + ": audience must be provided, when serviceAccountRef or awsSecurityCredentials is"
              + " provided");
    }
    String identity = endpoint.identity();
    String acts = email.isPresent() ? Login.impersonation(email.get(), identity).toString() : "";
    if (file.isPresent()) {
      return ofFile(file.get(), audience, acts, external, references, endpoint);
    }
    String url = "https://sts.googleapis.com/v1/token";
    if (amazon.isPresent()) {
      return ofAmazon(amazon.get(), audience, url, acts, references, endpoint);
    }
    Fields selector = account.orElseThrow();
    List<String> audiences = selector.strings("audiences");
    String named = references.accountAnnotations(selector).getOrDefault(Login.ACCOUNT, "");
    String as =
        acts.isEmpty() && !named.isEmpty() ? Login.impersonation(named, identity).toString() : acts;
    String name =
        String.join(
            "\n",
            selector.requiredString("name"),
            selector.string("namespace").orElse(identity),
            audiences.toString(),
            audience,
            as);
    return new Login.Federated(
        name,
        List.of(),
        endpoint,
        (library, _) ->
            library.subject(
                audience,
                url,
                as,
                () -> Referents.accountToken(selector, List.of(audience), references)));
  }

  private static Login ofAmazon(
      Fields amazon,
      String audience,
      String url,
      String acts,
      References references,
      Endpoint endpoint)
      throws MalformedObjectException, StoreException {
    String region = amazon.requiredString("region");
    if (!region.matches("[a-z0-9-]{1,50}")) {
      throw new MalformedObjectException(amazon.path() + ".region is no region of AWS");
    }
    Fields keys = amazon.requiredObject("awsCredentialsSecretRef");
    SecretBytes id = references.secret(GoogleConfiguration.selector(keys, "aws_access_key_id"));
    SecretBytes secret =
        references.secret(GoogleConfiguration.selector(keys, "aws_secret_access_key"));
    SecretBytes session;
    try {
      session = references.secret(GoogleConfiguration.selector(keys, "aws_session_token"));
    } catch (StoreException e) {
      session = SecretBytes.wrap(new byte[0]);
    }
    return new Login.Federated(
        String.join("\n", region, audience, acts),
        List.of(id, secret, session),
        endpoint,
        (library, values) ->
            library.amazon(
                audience, url, acts, region, values.stream().map(Federation::text).toList()));
  }

  private static String text(SecretBytes value) {
    return value.with(bytes -> new String(bytes, StandardCharsets.UTF_8).strip());
  }

  private static Login ofFile(
      Fields file,
      String audience,
      String acts,
      String external,
      References references,
      Endpoint endpoint)
      throws MalformedObjectException, StoreException {
    Map<String, Object> selector = new LinkedHashMap<>();
    selector.put("type", "ConfigMap");
    selector.put("name", file.requiredString("name"));
    selector.put("key", file.requiredString("key"));
    file.string("namespace")
        .filter(it -> !it.isEmpty())
        .ifPresent(it -> selector.put("namespace", it));
    byte[] json = references.authority(Fields.of(selector, file.path()));
    Map<String, @Nullable Object> tree =
        JsonTree.object(json)
            .orElseThrow(() -> new MalformedObjectException(file.path() + " names no JSON"));
    check(Fields.of(tree, file.path()), external);
    Map<String, @Nullable Object> used = new LinkedHashMap<>(tree);
    if (!audience.isEmpty()) {
      used.put("audience", audience);
    }
    if (!acts.isEmpty()) {
      used.put("service_account_impersonation_url", acts);
    }
    used.putIfAbsent("subject_token_type", "urn:ietf:params:oauth:token-type:jwt");
    used.putIfAbsent("token_url", "https://sts.googleapis.com/v1/token");
    return new Login.Federated(
        "file",
        List.of(JsonText.of(used)),
        endpoint,
        (library, values) ->
            values.getFirst().<Library.Credentials, StoreException>with(library::external));
  }

  /** What upstream checks too, and where it reads a file from. */
  private static void check(Fields config, String external) throws MalformedObjectException {
    String type = config.string("type").orElse("");
    if (!type.equals("external_account")) {
      throw new MalformedObjectException(
          config.path() + ": 'type' has to be external_account, and nothing else");
    }
    matching(config, "service_account_impersonation_url", IMPERSONATION);
    matching(config, "token_url", EXCHANGE);
    matching(config, "token_info_url", INTROSPECTION);
    Fields source = config.requiredObject("credential_source");
    if (source.has("executable")) {
      throw new MalformedObjectException(
          config.path() + ": credential_source.executable is not allowed");
    }
    if (source.has("certificate")) {
      throw new MalformedObjectException(
          config.path() + ": credential_source.certificate is not known here");
    }
    String environment = source.string("environment_id").orElse("");
    String url = source.string("url").orElse("");
    String path = source.string("file").orElse("");
    if (environment.isEmpty()) {
      if (path.isEmpty() && url.isEmpty()) {
        throw new MalformedObjectException(
            config.path() + ": credential_source has to name a file, a url or an environment_id");
      }
      if (!url.equals(external)) {
        throw new MalformedObjectException(
            config.path()
                + ": credential_source.url does not match the externalTokenEndpoint of the store");
      }
      notOwn(path, config);
      return;
    }
    if (!environment.startsWith("aws")) {
      throw new MalformedObjectException(
          config.path() + ": credential_source.environment_id must start with aws");
    }
    matching(source, "url", Pattern.compile(AMAZON + "meta-data/iam/security-credentials"));
    matching(
        source, "region_url", Pattern.compile(AMAZON + "meta-data/placement/availability-zone"));
    matching(source, "imdsv2_session_token_url", Pattern.compile(AMAZON + "api/token"));
  }

  private static void matching(Fields fields, String name, Pattern pattern)
      throws MalformedObjectException {
    String text = fields.string(name).orElse("");
    if (!text.isEmpty() && !pattern.matcher(text).matches()) {
      throw new MalformedObjectException(
          fields.path() + "." + name + " has to match " + pattern.pattern());
    }
  }

  /** The token of this process is for this process: an account is named by serviceAccountRef. */
  private static void notOwn(String file, Fields config) throws MalformedObjectException {
    if (file.isEmpty()) {
      return;
    }
    Path named = Path.of(file).toAbsolutePath().normalize();
    Path real = named;
    try {
      real = named.toRealPath();
    } catch (IOException e) {
      // Not there: the library says so when it reads it.
    }
    for (String own : OWN_TOKENS) {
      if (named.startsWith(own) || real.startsWith(own)) {
        throw new MalformedObjectException(
            config.path()
                + ": credential_source.file is the token of this process; name an account in"
                + " serviceAccountRef instead");
      }
    }
  }
}
