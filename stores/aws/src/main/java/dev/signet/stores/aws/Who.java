package dev.signet.stores.aws;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Who asks AWS, and in which region.
 *
 * @param additionalRoles taken one after the other, before {@code role}
 * @param role gets the external id and the tags
 * @param key tells identities apart; nothing can be told from it
 */
record Who(
    String region, Login login, List<String> additionalRoles, Optional<Role> role, String key)
    implements AutoCloseable {

  /**
   * A role to take.
   *
   * @param externalId empty for none
   */
  record Role(String arn, String externalId, Map<String, String> tags, List<String> transitive) {}

  /** It becomes a part of a host name. */
  private static final Pattern REGION = Pattern.compile("[a-z]{2,8}(-[a-z]{2,12}){1,3}-[0-9]{1,2}");

  @Override
  public void close() {
    login.close();
  }

  static String region(Fields configuration) throws MalformedObjectException {
    String region = configuration.requiredString("region");
    if (!REGION.matcher(region).matches()) {
      throw new MalformedObjectException("region not found: " + region);
    }
    return region;
  }

  /**
   * The caller closes it.
   *
   * @param identity how messages name whoever is configured so
   * @param user for whom it is, where it is somebody else for each; empty else
   */
  static Who of(
      String identity,
      Fields configuration,
      List<String> additionalRoles,
      Optional<Role> role,
      String user,
      References references)
      throws MalformedObjectException, StoreException {
    String region = region(configuration);
    Login login = Login.of(configuration.object("auth"), references);
    String key =
        key(List.of(identity, user, region, additionalRoles.toString(), role.toString()), login);
    return new Who(region, login, additionalRoles, role, key);
  }

  private static String key(List<String> parts, Login login) {
    List<byte[]> all = new ArrayList<>();
    parts.forEach(part -> all.add(part.getBytes(StandardCharsets.UTF_8)));
    switch (login) {
      case Login.Environment _ -> {}
      case Login.Account account -> all.add(account.name().getBytes(StandardCharsets.UTF_8));
      case Login.Keys keys -> {
        all.add(hash(keys.id()));
        all.add(hash(keys.key()));
        keys.token().ifPresent(it -> all.add(hash(it)));
      }
    }
    MessageDigest digest = sha256();
    all.forEach(part -> digest.update(sha256().digest(part)));
    return HexFormat.of().formatHex(digest.digest());
  }

  private static byte[] hash(SecretBytes value) {
    return value.with(bytes -> sha256().digest(bytes));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks SHA-256", e);
    }
  }
}
