package dev.signet.operator.admission;

import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.dialects.externalsecrets.Validation;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.GoJson;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers an AdmissionReview (admission.k8s.io/v1, and v1beta1, which has the same fields here).
 *
 * <p>Refused is what breaks a rule, with two exceptions: deleting, and an object that broke the
 * rule before. Whoever removes a finalizer or sets a label on such an object must be able to.
 */
final class Reviews {

  private static final Logger LOG = LoggerFactory.getLogger("dev.signet.operator.admission");

  /** The API server cuts each warning off at 256 characters. */
  private static final int WARNING = 256;

  private final Validation validation;

  Reviews(Validation validation) {
    this.validation = validation;
  }

  /** An answer in JSON; empty when that is no review. */
  Optional<byte[]> answer(byte[] body) {
    try {
      List<Document> documents =
          Documents.read(
              body,
              "the review",
              ReadLimits.DEFAULT.withBytes(Webhook.BODY),
              DuplicateKeys.REJECTED);
      if (documents.size() != 1) {
        return Optional.empty();
      }
      Map<String, @Nullable Object> review = documents.getFirst().tree();
      Map<String, @Nullable Object> request = map(review.get("request"));
      if (!(request.get("uid") instanceof String uid)) {
        return Optional.empty();
      }
      Map<String, @Nullable Object> answer = new LinkedHashMap<>();
      answer.put("apiVersion", review.get("apiVersion"));
      answer.put("kind", "AdmissionReview");
      answer.put("response", response(uid, request));
      return Optional.of(
          GoJson.write(answer, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN)
              .getBytes(StandardCharsets.UTF_8));
    } catch (MalformedDocumentException e) {
      return Optional.empty();
    }
  }

  private Map<String, @Nullable Object> response(
      String uid, Map<String, @Nullable Object> request) {
    Map<String, @Nullable Object> response = new LinkedHashMap<>();
    response.put("uid", uid);
    Map<String, @Nullable Object> object = map(request.get("object"));
    if ("DELETE".equals(request.get("operation")) || object.isEmpty()) {
      response.put("allowed", true);
      return response;
    }
    Validation.Verdict verdict = verdict(object, request);
    boolean again =
        verdict.refusal().isPresent()
            && (map(object.get("metadata")).containsKey("deletionTimestamp")
                || Objects.equals(object.get("spec"), map(request.get("oldObject")).get("spec")));
    response.put("allowed", verdict.refusal().isEmpty() || again);
    if (verdict.refusal().isPresent() && !again) {
      LOG.atInfo()
          .addKeyValue("kind", String.valueOf(object.get("kind")))
          .addKeyValue("namespace", String.valueOf(request.get("namespace")))
          .addKeyValue("name", String.valueOf(request.get("name")))
          .log("refused: {}", verdict.refusal().get());
      Map<String, @Nullable Object> status = new LinkedHashMap<>();
      status.put("code", 403L);
      status.put("reason", "Forbidden");
      status.put("message", verdict.refusal().get());
      response.put("status", status);
    }
    List<String> warnings = again ? List.of(verdict.refusal().orElseThrow()) : verdict.warnings();
    if (!warnings.isEmpty()) {
      response.put(
          "warnings",
          warnings.stream()
              .map(each -> each.length() > WARNING ? each.substring(0, WARNING) : each)
              .toList());
    }
    return response;
  }

  private Validation.Verdict verdict(
      Map<String, @Nullable Object> object, Map<String, @Nullable Object> request) {
    try {
      return validation.of(
          KubeObject.of(named(object), String.valueOf(request.getOrDefault("namespace", ""))));
    } catch (MalformedObjectException e) {
      return new Validation.Verdict(Optional.of(String.valueOf(e.getMessage())), List.of());
    }
  }

  /** An object that is to get a name has none yet. */
  private static Map<String, @Nullable Object> named(Map<String, @Nullable Object> object) {
    Map<String, @Nullable Object> metadata = new LinkedHashMap<>(map(object.get("metadata")));
    metadata.putIfAbsent("name", metadata.get("generateName"));
    Map<String, @Nullable Object> named = new LinkedHashMap<>(object);
    named.put("metadata", metadata);
    return named;
  }

  @SuppressWarnings("unchecked") // all keys of a document's tree are strings
  private static Map<String, @Nullable Object> map(@Nullable Object tree) {
    return tree instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of();
  }
}
