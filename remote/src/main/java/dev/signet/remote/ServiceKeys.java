package dev.signet.remote;

import dev.signet.core.SecretBytes;
import dev.signet.sops.MasterKey;
import dev.signet.sops.OpenKeys;

/** Keys that services keep: Vault, AWS, Google and Azure encrypt and decrypt with them. */
public final class ServiceKeys implements OpenKeys {

  private final Machine machine;

  public ServiceKeys(Machine machine) {
    this.machine = machine;
  }

  @Override
  public MasterKey complete(MasterKey key) throws UnavailableException {
    return key instanceof MasterKey.AzureKeyVault azure
        ? new AzureKeys(machine).complete(azure)
        : key;
  }

  @Override
  public String wrap(MasterKey key, SecretBytes part) throws UnavailableException {
    return switch (key) {
      case MasterKey.HcVault vault -> new VaultTransit(machine).wrap(vault, part);
      case MasterKey.Kms kms -> new AwsKms(machine).wrap(kms, part);
      case MasterKey.GcpKms google -> new GoogleKms(machine).wrap(google, part);
      case MasterKey.AzureKeyVault azure -> new AzureKeys(machine).wrap(azure, part);
      case MasterKey.HuaweiKms _, MasterKey.Age _, MasterKey.Pgp _ -> throw unsupported(key);
    };
  }

  @Override
  public SecretBytes unwrap(MasterKey key) throws UnavailableException {
    return switch (key) {
      case MasterKey.HcVault vault -> new VaultTransit(machine).unwrap(vault);
      case MasterKey.Kms kms -> new AwsKms(machine).unwrap(kms);
      case MasterKey.GcpKms google -> new GoogleKms(machine).unwrap(google);
      case MasterKey.AzureKeyVault azure -> new AzureKeys(machine).unwrap(azure);
      case MasterKey.HuaweiKms _, MasterKey.Age _, MasterKey.Pgp _ -> throw unsupported(key);
    };
  }

  private static UnavailableException unsupported(MasterKey key) {
    return new UnavailableException("keys of kind " + key.kind().text() + " are not supported");
  }

  @Override
  public void close() {}
}
