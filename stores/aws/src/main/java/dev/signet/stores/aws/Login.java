package dev.signet.stores.aws;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.StoreException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whom a store begins as: {@code auth} of External Secrets' {@code aws}. Keys are read when the
 * store is opened, so changed ones are another identity; a service account is asked about when
 * there is a login.
 */
sealed interface Login extends AutoCloseable {

  /** Zeroes what it holds. */
  @Override
  default void close() {}

  /** Whoever this process is by its environment: the SDK's own chain of places to look. */
  record Environment() implements Login {}

  /** Whoever has these keys. */
  record Keys(SecretBytes id, SecretBytes key, Optional<SecretBytes> token) implements Login {
    @Override
    public void close() {
      id.close();
      key.close();
      token.ifPresent(SecretBytes::close);
    }
  }

  /**
   * The role of a service account, as EKS binds them.
   *
   * @param name tells it from others
   */
  record Account(String name, Source source) implements Login {}

  /** A role and what proves that it may be taken. */
  record WebIdentity(String role, String token) {}

  /** Asks a cluster for it. */
  interface Source {
    WebIdentity get() throws StoreException;
  }

  String ROLE = "eks.amazonaws.com/role-arn";
  String AUDIENCE = "eks.amazonaws.com/audience";
  String USUAL_AUDIENCE = "sts.amazonaws.com";

  /** The first method that is there, as upstream takes it. */
  static Login of(Optional<Fields> auth, References references)
      throws MalformedObjectException, StoreException {
    if (auth.isEmpty()) {
      return new Environment();
    }
    Optional<Fields> account = auth.get().object("jwt");
    Optional<Fields> keys = auth.get().object("secretRef");
    if (account.isPresent()) {
      if (keys.isPresent()) {
        AwsConfiguration.passOver(keys.get());
      }
      return account(account.get().requiredObject("serviceAccountRef"), references);
    }
    return keys.isPresent() ? keys(keys.get(), references) : new Environment();
  }

  private static Login keys(Fields fields, References references)
      throws MalformedObjectException, StoreException {
    List<SecretBytes> read = new ArrayList<>();
    boolean complete = false;
    try {
      read.add(secret(fields.requiredObject("secretAccessKeySecretRef"), references));
      read.add(secret(fields.requiredObject("accessKeyIDSecretRef"), references));
      Optional<Fields> token = fields.object("sessionTokenSecretRef");
      if (token.isPresent()) {
        read.add(secret(token.get(), references));
      }
      complete = true;
      return new Keys(
          read.get(1),
          read.get(0),
          token.isPresent() ? Optional.of(read.get(2)) : Optional.empty());
    } finally {
      if (!complete) {
        read.forEach(SecretBytes::close);
      }
    }
  }

  private static SecretBytes secret(Fields selector, References references)
      throws MalformedObjectException, StoreException {
    SecretBytes value = references.secret(selector);
    if (value.size() == 0) {
      value.close();
      throw new StoreException(
          new Problem.Denied(), selector.path() + " leads to a value that is empty");
    }
    return value;
  }

  private static Login account(Fields selector, References references)
      throws MalformedObjectException {
    String name = selector.requiredString("name");
    Map<String, Object> named = new LinkedHashMap<>();
    named.put("name", name);
    Optional<String> namespace = selector.string("namespace");
    namespace.ifPresent(it -> named.put("namespace", it));
    List<String> audiences = selector.strings("audiences");
    Source source =
        () -> {
          try {
            Map<String, String> annotations =
                references.accountAnnotations(Fields.of(named, selector.path()));
            String role = annotations.getOrDefault(ROLE, "");
            if (role.isEmpty()) {
              throw new StoreException(
                  new Problem.Malformed(),
                  "an IAM role must be associated with service account "
                      + name
                      + namespace.map(it -> " (namespace: " + it + ")").orElse("")
                      + ": annotate it with "
                      + ROLE);
            }
            List<String> all = new ArrayList<>();
            String annotated = annotations.getOrDefault(AUDIENCE, "");
            all.add(annotated.isEmpty() ? USUAL_AUDIENCE : annotated);
            all.addAll(audiences);
            Map<String, Object> asked = new LinkedHashMap<>(named);
            asked.put("audiences", all);
            return new WebIdentity(
                role, references.accountToken(Fields.of(asked, selector.path())));
          } catch (MalformedObjectException e) {
            throw new StoreException(new Problem.Malformed(), e.getMessage());
          }
        };
    return new Account(named + " " + audiences, source);
  }
}
