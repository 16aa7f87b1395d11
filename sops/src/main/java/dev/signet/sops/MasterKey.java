package dev.signet.sops;

import java.time.OffsetDateTime;
import java.util.Map;
import java.util.TreeMap;

/**
 * A key that the data key of a file, or a part of it, is encrypted with, and the result of that,
 * which is empty as long as there is none.
 */
public sealed interface MasterKey {

  /** The kinds, by the names of their lists in a file, in the order in which files are read. */
  enum Kind {
    KMS("kms"),
    GCP_KMS("gcp_kms"),
    HUAWEI_KMS("hckms"),
    AZURE_KEY_VAULT("azure_kv"),
    HC_VAULT("hc_vault"),
    PGP("pgp"),
    AGE("age");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  Kind kind();

  /** How messages call it; keys of one kind and name are the same key. */
  String name();

  String enc();

  MasterKey withEnc(String enc);

  record Age(String recipient, String enc) implements MasterKey {
    @Override
    public Kind kind() {
      return Kind.AGE;
    }

    @Override
    public String name() {
      return recipient;
    }

    @Override
    public Age withEnc(String to) {
      return new Age(recipient, to);
    }
  }

  record Pgp(String fingerprint, OffsetDateTime createdAt, String enc) implements MasterKey {
    @Override
    public Kind kind() {
      return Kind.PGP;
    }

    @Override
    public String name() {
      return fingerprint;
    }

    @Override
    public Pgp withEnc(String to) {
      return new Pgp(fingerprint, createdAt, to);
    }
  }

  record Kms(
      String arn,
      String role,
      Map<String, String> context,
      String profile,
      OffsetDateTime createdAt,
      String enc)
      implements MasterKey {
    public Kms {
      context = Map.copyOf(context);
    }

    @Override
    public Kind kind() {
      return Kind.KMS;
    }

    @Override
    public String name() {
      StringBuilder name = new StringBuilder(arn);
      if (!role.isEmpty()) {
        name.append('+').append(role);
      }
      String separator = "|";
      for (Map.Entry<String, String> pair : new TreeMap<>(context).entrySet()) {
        name.append(separator).append(pair.getKey()).append(':').append(pair.getValue());
        separator = ",";
      }
      if (!profile.isEmpty()) {
        // With a profile the place of the context stays, even where there is none.
        name.append(context.isEmpty() ? "||" : "|").append(profile);
      }
      return name.toString();
    }

    @Override
    public Kms withEnc(String to) {
      return new Kms(arn, role, context, profile, createdAt, to);
    }
  }

  record GcpKms(String resourceId, OffsetDateTime createdAt, String enc) implements MasterKey {
    @Override
    public Kind kind() {
      return Kind.GCP_KMS;
    }

    @Override
    public String name() {
      return resourceId;
    }

    @Override
    public GcpKms withEnc(String to) {
      return new GcpKms(resourceId, createdAt, to);
    }
  }

  record HuaweiKms(String keyId, OffsetDateTime createdAt, String enc) implements MasterKey {
    @Override
    public Kind kind() {
      return Kind.HUAWEI_KMS;
    }

    @Override
    public String name() {
      return keyId;
    }

    @Override
    public HuaweiKms withEnc(String to) {
      return new HuaweiKms(keyId, createdAt, to);
    }
  }

  record AzureKeyVault(
      String vaultUrl, String key, String version, OffsetDateTime createdAt, String enc)
      implements MasterKey {
    @Override
    public Kind kind() {
      return Kind.AZURE_KEY_VAULT;
    }

    @Override
    public String name() {
      return vaultUrl + "/keys/" + key + "/" + version;
    }

    @Override
    public AzureKeyVault withEnc(String to) {
      return new AzureKeyVault(vaultUrl, key, version, createdAt, to);
    }
  }

  record HcVault(
      String address, String enginePath, String key, OffsetDateTime createdAt, String enc)
      implements MasterKey {
    @Override
    public Kind kind() {
      return Kind.HC_VAULT;
    }

    @Override
    public String name() {
      return address + "/v1/" + enginePath + "/keys/" + key;
    }

    @Override
    public HcVault withEnc(String to) {
      return new HcVault(address, enginePath, key, createdAt, to);
    }
  }
}
