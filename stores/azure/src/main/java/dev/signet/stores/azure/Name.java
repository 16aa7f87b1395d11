package dev.signet.stores.azure;

import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import java.util.List;

/**
 * What a key names: {@code secret/name}, {@code key/name}, {@code cert/name} or a secret's name.
 */
record Name(Kind kind, String name) {

  enum Kind {
    SECRET("secrets", "deletedsecrets", "Secret"),
    KEY("keys", "deletedkeys", "Key"),
    CERTIFICATE("certificates", "deletedcertificates", "Certificate");

    private final String path;
    private final String deleted;
    private final String call;

    Kind(String path, String deleted, String call) {
      this.path = path;
      this.deleted = deleted;
      this.call = call;
    }

    String path() {
      return path;
    }

    /** Where they are for a while after they were deleted. */
    String deleted() {
      return deleted;
    }

    /** What calls of them are counted as, with a verb in front. */
    String call() {
      return call;
    }
  }

  /** Parts beyond the second mean nothing, as upstream has it. */
  static Name of(String key, String identity) throws StoreException {
    List<String> parts = List.of(key.split("/", -1));
    String name = parts.size() == 1 ? key : parts.get(1);
    if (!name.matches("[0-9a-zA-Z-]{1,127}")) {
      throw new StoreException(
          new Problem.Malformed(),
          "key "
              + key
              + " of "
              + identity
              + ": names in a Key Vault have letters, digits and -, at most 127");
    }
    return new Name(
        switch (parts.size() == 1 ? "secret" : parts.getFirst()) {
          case "secret" -> Kind.SECRET;
          case "key" -> Kind.KEY;
          case "cert" -> Kind.CERTIFICATE;
          default ->
              throw new StoreException(
                  new Problem.Malformed(),
                  "unknown Azure Keyvault object Type for "
                      + key
                      + " of "
                      + identity
                      + ": it begins with secret/, key/ or cert/");
        },
        name);
  }
}
