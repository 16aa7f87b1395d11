package dev.signet.stores.google;

import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.https.Endpoint;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What a machine at Google is told of itself. */
final class Metadata {

  private static final String SERVER = "http://metadata.google.internal/computeMetadata/v1/";

  private final Endpoint endpoint;

  Metadata(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  String project() throws StoreException {
    return get("project/project-id", "projectID");
  }

  String clusterLocation() throws StoreException {
    return get("instance/attributes/cluster-location", "clusterLocation");
  }

  String clusterName() throws StoreException {
    return get("instance/attributes/cluster-name", "clusterName");
  }

  private String get(String path, String field) throws StoreException {
    try (Endpoint.Answer answer =
        endpoint.send(
            "GET", URI.create(SERVER + path), Map.of("Metadata-Flavor", "Google"), new byte[0])) {
      String text = new String(answer.body(), StandardCharsets.UTF_8).strip();
      if (answer.succeeded() && text.matches("[A-Za-z0-9.:-]{1,255}")) {
        return text;
      }
    } catch (StoreException e) {
      if (!(e.problem() instanceof Problem.Unreachable)) {
        throw e;
      }
    }
    throw new StoreException(
        new Problem.Unreachable(),
        "there is no metadata server of Google here that tells the "
            + field
            + " of "
            + endpoint.identity()
            + ": name it in the store");
  }
}
