package dev.signet.kube;

import java.util.List;
import java.util.Optional;

/**
 * What is said beside the kubeconfig, and wins over it: kubectl's flags of the same names. One that
 * is not given changes nothing.
 *
 * @param context a context of the kubeconfig
 * @param cluster a cluster of it, in place of the context's
 * @param user a user of it, in place of the context's
 * @param server the URL of the API server
 * @param tlsServerName the name that its certificate has to have
 * @param certificateAuthority the file of the only authority that is trusted
 * @param insecure whether any certificate is accepted
 * @param proxyUrl the proxy that leads there
 * @param token a bearer token, in place of every other credential but client certificates
 * @param username for basic authentication, with {@code password}
 * @param clientCertificate a file in PEM, with {@code clientKey}
 * @param as whom to act as, with {@code asUid} and {@code asGroups}
 */
public record Overrides(
    Optional<String> context,
    Optional<String> cluster,
    Optional<String> user,
    Optional<String> server,
    Optional<String> tlsServerName,
    Optional<String> certificateAuthority,
    boolean insecure,
    Optional<String> proxyUrl,
    Optional<String> token,
    Optional<String> username,
    Optional<String> password,
    Optional<String> clientCertificate,
    Optional<String> clientKey,
    Optional<String> as,
    Optional<String> asUid,
    List<String> asGroups) {

  public static final Overrides NONE = ofContext(Optional.empty());

  public Overrides {
    asGroups = List.copyOf(asGroups);
  }

  public static Overrides ofContext(Optional<String> context) {
    return new Overrides(
        context,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  Overrides withTlsServerName(Optional<String> name) {
    return new Overrides(
        context,
        cluster,
        user,
        server,
        name,
        certificateAuthority,
        insecure,
        proxyUrl,
        token,
        username,
        password,
        clientCertificate,
        clientKey,
        as,
        asUid,
        asGroups);
  }

  /** Whether other credentials than the kubeconfig's are given. */
  boolean identify() {
    return token.isPresent() || username.isPresent();
  }

  /** Says which are given, and no credential. */
  @Override
  public String toString() {
    return "Overrides[context=" + context + ", server=" + server + ", user=" + user + "]";
  }
}
