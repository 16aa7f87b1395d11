package dev.signet.kube;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.kube.Failures.Asked;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tokens of service accounts, as the TokenRequest API gives them out. */
public final class ServiceAccountTokens {

  /** The shortest that an API server gives. */
  private static final long SECONDS = 600;

  private final Api api;

  ServiceAccountTokens(Api api) {
    this.api = api;
  }

  /**
   * A token that holds for ten minutes.
   *
   * @param audiences whom it is for; empty for the API server itself
   */
  public String token(String namespace, String name, List<String> audiences)
      throws ObjectsException {
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("expirationSeconds", SECONDS);
    if (!audiences.isEmpty()) {
      spec.put("audiences", audiences);
    }
    Asked asked =
        new Asked(
            "create",
            "a token of ServiceAccount " + namespace + "/" + name,
            "serviceaccounts/token",
            "",
            namespace,
            /* carriesValues= */ false);
    byte[] answer =
        api.ask(
            asked,
            new Api.Request(
                "POST",
                "/api/v1/namespaces/" + namespace + "/serviceaccounts/" + name + "/token",
                "application/json",
                Json.write(
                    Map.of(
                        "apiVersion",
                        "authentication.k8s.io/v1",
                        "kind",
                        "TokenRequest",
                        "spec",
                        spec))));
    if (Answers.tree(asked, answer).get("status") instanceof Map<?, ?> status
        && status.get("token") instanceof String token) {
      return token;
    }
    throw new ObjectsException(new Problem.Malformed(), asked + " was answered without a token");
  }
}
