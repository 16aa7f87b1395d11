package dev.signet.stores.azure;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.http.policy.FixedDelay;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.RetryOptions;
import com.azure.core.http.policy.RetryPolicy;
import com.azure.identity.ClientAssertionCredentialBuilder;
import com.azure.identity.ClientCertificateCredentialBuilder;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.microsoft.aad.msal4j.MsalServiceException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.https.Endpoint;
import dev.signet.stores.https.Tokens;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/**
 * azure-identity: assertions and tokens of Entra ID and of machines. It sends through our client
 * ({@link LibraryClient}), keeps nothing, and is loaded by the first store that logs in.
 */
final class Library {

  private static final RetryOptions NEVER =
      new RetryOptions(new FixedDelayOptions(0, Duration.ofMillis(1)));

  /** The same, for what takes no options. */
  private static final RetryPolicy ONCE = new RetryPolicy(new FixedDelay(0, Duration.ofMillis(1)));

  private final Endpoint endpoint;
  private final AzureConfiguration.Cloud cloud;
  private final LibraryClient client;

  Library(Endpoint endpoint, AzureConfiguration.Cloud cloud) {
    this.endpoint = endpoint;
    this.cloud = cloud;
    this.client = new LibraryClient(endpoint);
  }

  Tokens.Token secret(String tenant, String application, String secret) throws StoreException {
    return token(
        new ClientSecretCredentialBuilder()
            .tenantId(tenant)
            .clientId(application)
            .clientSecret(secret)
            .authorityHost(cloud.authority())
            .disableInstanceDiscovery()
            .retryOptions(NEVER)
            .httpClient(client)
            .build());
  }

  Tokens.Token certificate(String tenant, String application, byte[] pem) throws StoreException {
    try {
      return token(
          new ClientCertificateCredentialBuilder()
              .tenantId(tenant)
              .clientId(application)
              .pemCertificate(new ByteArrayInputStream(pem))
              .authorityHost(cloud.authority())
              .disableInstanceDiscovery()
              .retryOptions(NEVER)
              .httpClient(client)
              .build());
    } finally {
      Arrays.fill(pem, (byte) 0);
    }
  }

  Tokens.Token machine(String application) throws StoreException {
    ManagedIdentityCredentialBuilder builder =
        new ManagedIdentityCredentialBuilder().retryPolicy(ONCE).httpClient(client);
    if (!application.isEmpty()) {
      builder.clientId(application);
    }
    return token(builder.build());
  }

  /** Gives out tokens of an account of a cluster. */
  interface Subject {
    String token() throws StoreException;
  }

  Tokens.Token assertion(String tenant, String application, Subject subject) throws StoreException {
    // Before the library asks for it, which would say nothing of why there is none.
    String token = subject.token();
    return token(
        new ClientAssertionCredentialBuilder()
            .tenantId(tenant)
            .clientId(application)
            .clientAssertion(() -> token)
            .authorityHost(cloud.authority())
            .disableInstanceDiscovery()
            .retryOptions(NEVER)
            .httpClient(client)
            .build());
  }

  private Tokens.Token token(TokenCredential credential) throws StoreException {
    try {
      AccessToken token =
          credential.getTokenSync(
              new TokenRequestContext().addScopes(cloud.resource() + "/.default"));
      return new Tokens.Token(
          token.getToken(), Duration.between(Instant.now(), token.getExpiresAt().toInstant()));
    } catch (RuntimeException e) {
      throw problem(e);
    }
  }

  /** What the library says may quote what it was answered, so only codes are. */
  private StoreException problem(RuntimeException failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof StoreException ours) {
        return ours;
      }
      if (each instanceof MsalServiceException answered && answered.statusCode() != null) {
        return answered(answered);
      }
    }
    return client.last(endpoint);
  }

  private StoreException answered(MsalServiceException failure) {
    int code = failure.statusCode();
    Problem problem =
        switch (code) {
          case 400, 401, 403, 404 -> new Problem.Denied();
          case 429 -> new Problem.Throttled(Duration.ofSeconds(1));
          default -> new Problem.Unreachable();
        };
    String text = String.valueOf(failure.getMessage());
    int at = text.indexOf("AADSTS");
    String reason =
        at < 0 ? "" : text.substring(at).replaceFirst("(?s)^(AADSTS[0-9]{1,10}).*", "$1");
    return new StoreException(
        problem,
        "unable to get credentials: the token endpoint of "
            + endpoint.identity()
            + " answered "
            + code
            + (reason.matches("AADSTS[0-9]+") ? ", " + reason : "")
            + (reason.equals("AADSTS700024")
                ? ": the clock of this machine differs too much from Azure's"
                : ""));
  }
}
