package dev.signet.stores.google;

import com.google.api.client.http.HttpResponseException;
import com.google.auth.http.HttpTransportFactory;
import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.AwsCredentials;
import com.google.auth.oauth2.AwsSecurityCredentials;
import com.google.auth.oauth2.AwsSecurityCredentialsSupplier;
import com.google.auth.oauth2.ExternalAccountCredentials;
import com.google.auth.oauth2.ExternalAccountSupplierContext;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.auth.oauth2.IdentityPoolCredentials;
import com.google.auth.oauth2.IdentityPoolSubjectTokenSupplier;
import com.google.auth.oauth2.ServiceAccountCredentials;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.https.Endpoint;
import dev.signet.stores.https.Tokens;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Google's auth library: assertions and exchanges of tokens. It sends through our client ({@link
 * LibraryTransport}), keeps nothing, and is loaded by the first store that logs in with it.
 */
final class Library {

  private static final String CLOCK = ": the clock of this machine differs too much from Google's";
  private static final Duration USUAL = Duration.ofHours(1);

  private final Endpoint endpoint;
  private final HttpTransportFactory transport;

  Library(Endpoint endpoint) {
    this.endpoint = endpoint;
    LibraryTransport through = new LibraryTransport(endpoint);
    this.transport = () -> through;
  }

  /** Credentials of the library, which nobody outside of here looks into. */
  record Credentials(GoogleCredentials of) {}

  Credentials accountKey(byte[] json) throws StoreException {
    try {
      return new Credentials(
          ServiceAccountCredentials.fromStream(new ByteArrayInputStream(json), transport)
              .toBuilder()
              .setScopes(List.of(Login.SCOPE))
              .setDefaultRetriesEnabled(false)
              .build());
    } catch (IOException | IllegalArgumentException e) {
      throw malformed(
          "failed to process the provided JSON credentials: they are no key of a"
              + " service account");
    }
  }

  Credentials ofMachine() throws StoreException {
    try {
      return new Credentials(
          GoogleCredentials.getApplicationDefault(transport).createScoped(Login.SCOPE));
    } catch (IOException e) {
      throw new StoreException(
          new Problem.Denied(),
          "there are no credentials of Google here for " + endpoint.identity() + ": name auth");
    }
  }

  /** What an external_account file says, checked before. */
  Credentials external(byte[] json) throws StoreException {
    try {
      return new Credentials(
          ExternalAccountCredentials.fromStream(new ByteArrayInputStream(json), transport)
              .createScoped(Login.SCOPE));
    } catch (IOException | IllegalArgumentException e) {
      throw malformed("the external_account configuration cannot be used");
    }
  }

  /** Gives out tokens of an account of a cluster. */
  interface Subject {
    String token() throws StoreException;
  }

  /**
   * A token that a pool trusts.
   *
   * @param impersonation empty to act as itself
   */
  Credentials subject(String audience, String url, String impersonation, Subject subject)
      throws StoreException {
    IdentityPoolCredentials.Builder builder = IdentityPoolCredentials.newBuilder();
    builder
        .setSubjectTokenSupplier(
            new IdentityPoolSubjectTokenSupplier() {
              private static final long serialVersionUID = 1;

              @Override
              public String getSubjectToken(ExternalAccountSupplierContext context)
                  throws IOException {
                return told(subject);
              }
            })
        .setHttpTransportFactory(transport)
        .setAudience(audience)
        .setSubjectTokenType("urn:ietf:params:oauth:token-type:jwt")
        .setTokenUrl(url)
        .setScopes(List.of(Login.SCOPE));
    if (!impersonation.isEmpty()) {
      builder.setServiceAccountImpersonationUrl(impersonation);
    }
    return new Credentials(builder.build());
  }

  private static String told(Subject subject) throws IOException {
    try {
      return subject.token();
    } catch (StoreException e) {
      throw new IOException(e);
    }
  }

  /** Keys of AWS that a pool trusts: what is sent is a request that they signed. */
  Credentials amazon(
      String audience, String url, String impersonation, String region, List<String> keys) {
    AwsCredentials.Builder builder = AwsCredentials.newBuilder();
    builder
        .setAwsSecurityCredentialsSupplier(
            new AwsSecurityCredentialsSupplier() {
              private static final long serialVersionUID = 1;

              @Override
              public String getRegion(ExternalAccountSupplierContext context) {
                return region;
              }

              @Override
              public AwsSecurityCredentials getCredentials(ExternalAccountSupplierContext context) {
                return new AwsSecurityCredentials(
                    keys.get(0), keys.get(1), keys.get(2).isEmpty() ? null : keys.get(2));
              }
            })
        .setHttpTransportFactory(transport)
        .setAudience(audience)
        .setSubjectTokenType("urn:ietf:params:aws:token-type:aws4_request")
        .setTokenUrl(url)
        .setScopes(List.of(Login.SCOPE));
    if (!impersonation.isEmpty()) {
      builder.setServiceAccountImpersonationUrl(impersonation);
    }
    return new Credentials(builder.build());
  }

  Tokens.Token token(Credentials credentials) throws StoreException {
    try {
      AccessToken token = credentials.of().refreshAccessToken();
      return new Tokens.Token(
          token.getTokenValue(),
          life(Optional.ofNullable(token.getExpirationTime()).map(Date::toInstant)));
    } catch (IOException e) {
      throw problem(e);
    }
  }

  static Duration life(Optional<Instant> until) {
    return until.map(it -> Duration.between(Instant.now(), it)).orElse(USUAL);
  }

  /** What the library says may quote what it was answered, so only the code is. */
  private StoreException problem(IOException failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof StoreException ours) {
        return ours;
      }
      if (each instanceof HttpResponseException answered) {
        int code = answered.getStatusCode();
        Problem problem =
            switch (code) {
              case 400, 401, 403, 404 -> new Problem.Denied();
              case 429 -> new Problem.Throttled(Duration.ofSeconds(1));
              default -> new Problem.Unreachable();
            };
        return new StoreException(
            problem,
            "unable to get credentials: the token endpoint of "
                + endpoint.identity()
                + " answered "
                + code
                + (clock(answered.getContent()) ? CLOCK : ""));
      }
    }
    return endpoint.unreachable("was given no token");
  }

  /** Google says so of assertions that are not valid yet, or no more. */
  private static boolean clock(@Nullable String content) {
    return content != null && content.contains("reasonable timeframe");
  }

  private static StoreException malformed(String message) {
    return new StoreException(new Problem.Malformed(), message);
  }
}
