package dev.signet.remote;

import dev.signet.core.SecretBytes;
import dev.signet.sops.KeyWrapping.UnavailableException;
import dev.signet.sops.MasterKey;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * Keys of AWS KMS: what they encrypt is stored as Base64 of the service's own form, bound to the
 * encryption context. The region is that of the key's ARN.
 */
final class AwsKms {

  private static final Pattern ARN =
      Pattern.compile("^arn:aws[\\w-]*:kms:(.+):[0-9]+:(key|alias)/.+$");

  private final Machine machine;

  AwsKms(Machine machine) {
    this.machine = machine;
  }

  private static KmsClient client(AwsAccess access, MasterKey.Kms key) throws UnavailableException {
    Matcher arn = ARN.matcher(key.arn());
    if (!arn.matches()) {
      throw new UnavailableException("no valid ARN found in '" + key.arn() + "'");
    }
    Region region = Region.of(arn.group(1));
    AwsCredentialsProvider who = access.credentials(key.profile(), region);
    if (!key.role().isEmpty()) {
      try {
        who = access.inRole(key.role(), region, who);
      } catch (SdkException e) {
        throw new UnavailableException("failed to assume role '" + key.role() + "': " + reason(e));
      }
    }
    return access.configured(KmsClient.builder(), "KMS", region, who).build();
  }

  String wrap(MasterKey.Kms key, SecretBytes part) throws UnavailableException {
    try (AwsAccess access = new AwsAccess(machine);
        KmsClient client = client(access, key)) {
      byte[] blob =
          part.with(
              bytes ->
                  client
                      .encrypt(
                          ask ->
                              ask.keyId(key.arn())
                                  .plaintext(SdkBytes.fromByteArrayUnsafe(bytes))
                                  .encryptionContext(key.context()))
                      .ciphertextBlob()
                      .asByteArrayUnsafe());
      return Base64.getEncoder().encodeToString(blob);
    } catch (SdkException e) {
      throw new UnavailableException("failed to encrypt sops data key with AWS KMS: " + reason(e));
    }
  }

  SecretBytes unwrap(MasterKey.Kms key) throws UnavailableException {
    byte[] blob;
    try {
      blob = Base64.getDecoder().decode(key.enc());
    } catch (IllegalArgumentException e) {
      throw new UnavailableException("error base64-decoding encrypted data key");
    }
    try (AwsAccess access = new AwsAccess(machine);
        KmsClient client = client(access, key)) {
      return SecretBytes.wrap(
          client
              .decrypt(
                  ask ->
                      ask.keyId(key.arn())
                          .ciphertextBlob(SdkBytes.fromByteArrayUnsafe(blob))
                          .encryptionContext(key.context()))
              .plaintext()
              .asByteArray());
    } catch (SdkException e) {
      throw new UnavailableException("failed to decrypt sops data key with AWS KMS: " + reason(e));
    }
  }

  static String reason(SdkException e) {
    return Json.printable(String.valueOf(e.getMessage()));
  }
}
