package dev.signet.remote;

import dev.signet.sops.Destination;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Puts files into buckets, as they are, and values into Vault, which writes a new version only
 * where something changes.
 */
public final class Publishing {

  private static final String BUCKETS = "https://storage.googleapis.com";
  private static final String VAULT = "https://127.0.0.1:8200";

  private final Machine machine;
  private final String buckets;

  public Publishing(Machine machine) {
    this(machine, BUCKETS);
  }

  /**
   * With the buckets of Google somewhere else.
   *
   * @param buckets an address without path
   */
  Publishing(Machine machine, String buckets) {
    this.machine = machine;
    this.buckets = buckets;
  }

  /** Where something of that name goes, for people. */
  public String place(Destination destination, String name) {
    return switch (destination) {
      case Destination.S3 s3 -> "s3://" + s3.bucket() + "/" + s3.prefix() + name;
      case Destination.Gcs gcs -> "gcs://" + gcs.bucket() + "/" + gcs.prefix() + name;
      case Destination.Vault vault -> address(vault) + "/v1/" + vault.secret(name);
    };
  }

  private String address(Destination.Vault vault) {
    return vault.address().or(() -> machine.variable("VAULT_ADDR")).orElse(VAULT);
  }

  /**
   * Puts it there.
   *
   * @param content the file for a bucket, an object in JSON for Vault; zeroed by the caller
   * @return whether anything was written
   * @throws IOException says why it was not
   */
  public boolean put(Destination destination, String name, byte[] content) throws IOException {
    return switch (destination) {
      case Destination.S3 s3 -> put(s3, name, content);
      case Destination.Gcs gcs -> put(gcs, name, content);
      case Destination.Vault vault -> put(vault, name, content);
    };
  }

  private boolean put(Destination.S3 s3, String name, byte[] content) throws IOException {
    try (AwsAccess access = new AwsAccess(machine)) {
      Region region =
          access
              .region()
              .orElseThrow(() -> new IOException("there is no region for S3: set AWS_REGION"));
      try (S3Client client =
          access
              .configured(S3Client.builder(), "S3", region, access.credentials("", region))
              .build()) {
        client.putObject(
            ask -> ask.bucket(s3.bucket()).key(s3.prefix() + name), RequestBody.fromBytes(content));
        return true;
      }
    } catch (SdkException e) {
      throw new IOException("S3 did not take it: " + AwsKms.reason(e), e);
    }
  }

  private boolean put(Destination.Gcs gcs, String name, byte[] content) throws IOException {
    URI uri =
        URI.create(
            buckets
                + "/upload/storage/v1/b/"
                + VaultServer.encoded(gcs.bucket())
                + "/o?uploadType=media&name="
                + VaultServer.encoded(gcs.prefix() + name));
    Map<String, String> headers = new HashMap<>(GoogleAccess.of(machine).headers(uri));
    headers.put("Content-Type", "application/octet-stream");
    try (Http http = Http.of(machine, Optional.empty());
        Http.Answer answer = http.send("POST", uri, headers, content)) {
      if (!answer.succeeded()) {
        throw new IOException(GoogleKms.problem(answer));
      }
      return true;
    }
  }

  private boolean put(Destination.Vault vault, String name, byte[] content) throws IOException {
    boolean nested = vault.version() != 1;
    String path = vault.secret(name);
    try (VaultServer server = VaultServer.of(machine, address(vault))) {
      try (Http.Answer before = server.send("GET", path, new byte[0])) {
        Optional<byte[]> there =
            nested
                ? Json.canonical(before.body(), "data", "data")
                : Json.canonical(before.body(), "data");
        Optional<byte[]> ours = Json.canonical(content);
        // Who may write but not read writes.
        if (before.succeeded()
            && there.isPresent()
            && ours.isPresent()
            && Arrays.equals(there.get(), ours.get())) {
          return false;
        }
      }
      byte[] request =
          nested
              ? Json.object(
                  json -> {
                    json.writeFieldName("data");
                    json.writeRawValue(
                        new String(content, java.nio.charset.StandardCharsets.UTF_8));
                  })
              : content.clone();
      try (Http.Answer answer = server.send("PUT", path, request)) {
        if (!answer.succeeded()) {
          throw new IOException(VaultServer.problem(answer));
        }
        return true;
      } finally {
        Arrays.fill(request, (byte) 0);
      }
    }
  }
}
