package dev.signet.stores.azure;

import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.StoreException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a push says besides: {@code PushSecretMetadata} of {@code
 * kubernetes.external-secrets.io/v1alpha1}.
 *
 * @param expires in seconds since 1970
 * @param contentType empty to leave it as it is
 */
record PushMetadata(Optional<Long> expires, String contentType, Map<String, String> tags) {

  private static final String API_VERSION = "kubernetes.external-secrets.io/v1alpha1";
  private static final String KIND = "PushSecretMetadata";

  static PushMetadata of(Map<String, @Nullable Object> metadata) throws StoreException {
    if (metadata.isEmpty()) {
      return new PushMetadata(Optional.empty(), "", Map.of());
    }
    try {
      Fields fields = Fields.of(metadata, "metadata");
      if (!fields.string("apiVersion").orElse("").equals(API_VERSION)
          || !fields.string("kind").orElse("").equals(KIND)) {
        throw new MalformedObjectException("metadata must be a " + KIND + " of " + API_VERSION);
      }
      Fields spec = fields.object("spec").orElse(Fields.of(Map.of(), "metadata.spec"));
      String expires = spec.string("expirationDate").orElse("");
      PushMetadata read =
          new PushMetadata(
              expires.isEmpty()
                  ? Optional.empty()
                  : Optional.of(OffsetDateTime.parse(expires).toEpochSecond()),
              spec.string("contentType").orElse(""),
              spec.stringMap("tags"));
      fields.refuseUnread();
      return read;
    } catch (MalformedObjectException e) {
      throw new StoreException(
          new Problem.Malformed(), "failed to parse push secret metadata: " + e.getMessage());
    } catch (DateTimeException e) {
      throw new StoreException(
          new Problem.Malformed(),
          "error parsing expiration date in metadata; it looks like 2024-12-31T20:00:00Z");
    }
  }
}
