package dev.signet.stores.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.Credentials;
import software.amazon.awssdk.services.sts.model.Tag;

/**
 * How a store becomes somebody: it begins as its {@link Login}, and takes one role after the other.
 * The last role gets the external id and the tags.
 */
final class RoleChain implements Session.Issuer {

  /** As upstream calls its sessions, which policies may name. */
  private static final String SESSION_NAME = "external-secrets-provider-aws";

  /** Every role allows that much, and of one role taken by another AWS allows no more. */
  private static final Duration LIFE = Duration.ofHours(1);

  private final Clients clients;
  private final String identity;
  private final Who who;
  private final String session;

  RoleChain(Clients clients, String identity, Who who) {
    this(clients, identity, who, SESSION_NAME);
  }

  /**
   * @param session how AWS is to call it
   */
  RoleChain(Clients clients, String identity, Who who, String session) {
    this.clients = clients;
    this.identity = identity;
    this.who = who;
    this.session = session;
  }

  @Override
  public Session.Grant login() throws StoreException {
    boolean lasting =
        !(who.login() instanceof Login.Account)
            && who.additionalRoles().isEmpty()
            && who.role().isEmpty();
    AwsCredentials credentials = first();
    List<Who.Role> roles = new ArrayList<>();
    who.additionalRoles().forEach(arn -> roles.add(new Who.Role(arn, "", Map.of(), List.of())));
    who.role().ifPresent(roles::add);
    for (Who.Role role : roles) {
      credentials = taken(role, credentials);
    }
    return new Session.Grant(credentials, lasting ? Duration.ZERO : LIFE);
  }

  private AwsCredentials first() throws StoreException {
    return switch (who.login()) {
      case Login.Environment _ -> own();
      case Login.Keys(SecretBytes id, SecretBytes key, var token) ->
          token.isPresent()
              ? AwsSessionCredentials.create(text(id), text(key), text(token.get()))
              : AwsBasicCredentials.create(text(id), text(key));
      case Login.Account account -> account(account.source().get());
    };
  }

  private static String text(SecretBytes value) {
    return value.with(bytes -> new String(bytes, UTF_8).strip());
  }

  private AwsCredentials own() throws StoreException {
    try {
      return clients.own().resolveCredentials();
    } catch (SdkClientException e) {
      throw new StoreException(
          new Problem.Denied(),
          identity
              + " finds no credentials for AWS: neither in the environment or a profile, nor of a"
              + " pod or an instance; set auth.secretRef or auth.jwt");
    } catch (SdkException e) {
      throw Failures.of(e, "a login of " + identity);
    }
  }

  private AwsCredentials account(Login.WebIdentity proof) throws StoreException {
    StsClient tokens = clients.tokens(who.region());
    try {
      return session(
          tokens
              .assumeRoleWithWebIdentity(
                  it ->
                      it.roleArn(proof.role())
                          .roleSessionName(session)
                          .webIdentityToken(proof.token())
                          .durationSeconds((int) LIFE.toSeconds()))
              .credentials());
    } catch (SdkException e) {
      throw Failures.of(e, "taking the role " + proof.role() + " for " + identity);
    }
  }

  private AwsCredentials taken(Who.Role role, AwsCredentials by) throws StoreException {
    StsClient tokens = clients.tokens(who.region());
    List<Tag> tags =
        role.tags().entrySet().stream()
            .map(each -> Tag.builder().key(each.getKey()).value(each.getValue()).build())
            .toList();
    try {
      return session(
          tokens
              .assumeRole(
                  it -> {
                    it.roleArn(role.arn())
                        .roleSessionName(session)
                        .durationSeconds((int) LIFE.toSeconds())
                        .overrideConfiguration(
                            as -> as.credentialsProvider(StaticCredentialsProvider.create(by)));
                    if (!role.externalId().isEmpty()) {
                      it.externalId(role.externalId());
                    }
                    if (!tags.isEmpty()) {
                      it.tags(tags);
                      it.transitiveTagKeys(role.transitive());
                    }
                  })
              .credentials());
    } catch (SdkException e) {
      throw Failures.of(e, "taking the role " + role.arn() + " for " + identity);
    }
  }

  private static AwsCredentials session(Credentials given) {
    return AwsSessionCredentials.create(
        given.accessKeyId(), given.secretAccessKey(), given.sessionToken());
  }
}
