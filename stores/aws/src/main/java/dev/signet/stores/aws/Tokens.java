package dev.signet.stores.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.StoreException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.sts.model.Credentials;

/** Tokens that AWS makes, under the names that upstream's generators give them. */
final class Tokens {

  private final Clients clients;
  private final String region;
  private final Calls calls;

  Tokens(Clients clients, String region, Calls calls) {
    this.clients = clients;
    this.region = region;
    this.calls = calls;
  }

  /**
   * What a session is asked with.
   *
   * @param seconds for how long; empty for AWS's own choice
   * @param device a device for a second factor, and what it shows
   */
  record Asked(Optional<Integer> seconds, Optional<String> device, Optional<String> shown) {

    static Asked of(Optional<Fields> fields) throws MalformedObjectException {
      if (fields.isEmpty()) {
        return new Asked(Optional.empty(), Optional.empty(), Optional.empty());
      }
      Object seconds = fields.get().raw("sessionDuration");
      if (seconds != null && !(seconds instanceof Long number && number >= 0 && number < 1 << 20)) {
        throw new MalformedObjectException(
            fields.get().path() + ".sessionDuration must be a number of seconds");
      }
      return new Asked(
          Optional.ofNullable(seconds).map(it -> ((Long) it).intValue()),
          fields.get().string("serialNumber"),
          fields.get().string("tokenCode"));
    }
  }

  Material ofSession(Asked asked) throws StoreException {
    Credentials made =
        calls
            .send(
                "GetSessionToken",
                "a session token",
                who ->
                    clients
                        .tokens(region)
                        .getSessionToken(
                            it -> {
                              it.overrideConfiguration(who);
                              asked.seconds().ifPresent(it::durationSeconds);
                              asked.device().ifPresent(it::serialNumber);
                              asked.shown().ifPresent(it::tokenCode);
                            }))
            .credentials();
    Material material = new Material();
    put(material, "access_key_id", made.accessKeyId());
    put(material, "secret_access_key", made.secretAccessKey());
    put(material, "session_token", made.sessionToken());
    put(material, "expiration", Long.toString(made.expiration().getEpochSecond()));
    return material;
  }

  Material ofRegistry() throws StoreException {
    Fields answer = answer("a token for the registry", clients.registry(region));
    try {
      List<Fields> made = answer.objects("authorizationData");
      if (made.size() != 1) {
        throw new StoreException(
            new Problem.Malformed(),
            "unexpected number of authorization tokens. expected 1, found " + made.size());
      }
      Material material = login(made.getFirst());
      put(material, "proxy_endpoint", made.getFirst().requiredString("proxyEndpoint"));
      return material;
    } catch (MalformedObjectException e) {
      throw unexpected();
    }
  }

  Material ofPublicRegistry() throws StoreException {
    Fields answer = answer("a token for the public registry", clients.publicRegistry(region));
    try {
      return login(answer.requiredObject("authorizationData"));
    } catch (MalformedObjectException e) {
      throw unexpected();
    }
  }

  private Fields answer(String what, Registry registry) throws StoreException {
    return Fields.of(calls.sign("GetAuthorizationToken", what, registry::token), "");
  }

  private Material login(Fields made) throws StoreException, MalformedObjectException {
    if (!(made.raw("expiresAt") instanceof Double expires)) {
      throw unexpected();
    }
    Material material = login(made.requiredString("authorizationToken"));
    put(material, "expires_at", Long.toString(expires.longValue()));
    return material;
  }

  /** Base64 of a name and a password with a colon between them. */
  private Material login(String token) throws StoreException {
    byte[] login;
    try {
      login = Base64.getDecoder().decode(token);
    } catch (IllegalArgumentException e) {
      throw unexpected();
    }
    try {
      int colon = 0;
      while (colon < login.length && login[colon] != ':') {
        colon++;
      }
      if (colon == login.length) {
        throw unexpected();
      }
      Material material = new Material();
      put(material, "username", Arrays.copyOf(login, colon));
      put(material, "password", Arrays.copyOfRange(login, colon + 1, login.length));
      return material;
    } finally {
      Arrays.fill(login, (byte) 0);
    }
  }

  private StoreException unexpected() {
    return new StoreException(
        new Problem.Malformed(), calls.identity() + " got a token of an unexpected format");
  }

  private void put(Material material, String name, String value) {
    put(material, name, value.getBytes(UTF_8));
  }

  private void put(Material material, String name, byte[] value) {
    material.put(
        name, new Item(SecretBytes.wrap(value), new Origin(calls.identity(), name, "", "")));
  }
}
