package dev.signet.kube;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Secret;
import dev.signet.kube.Failures.Asked;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The one place where the values of Secrets pass between the API and {@code SecretBytes}: bodies
 * are byte arrays that are zeroed here, in both directions, and never text. Copies that TLS and the
 * JDK's HTTP client make remain.
 */
final class SecretBodies {

  private static final int PAGE = 500;

  private final Api api;

  SecretBodies(Api api) {
    this.api = api;
  }

  private static String query(String fieldManager) {
    return fieldManager.isEmpty() ? "" : "?fieldManager=" + encoded(fieldManager);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String path(String namespace) {
    return Resource.SECRETS.path("v1", namespace);
  }

  private static Asked asked(String verb, String namespace, String name) {
    boolean writes = List.of("create", "update", "apply").contains(verb);
    return new Asked(verb, "Secret " + namespace + "/" + name, "secrets", "", namespace, writes);
  }

  /** The caller closes it. */
  Optional<Secret> get(String namespace, String name) throws ObjectsException {
    Asked asked = asked("get", namespace, name);
    Api.Answer answer =
        api.send(asked, new Api.Request("GET", path(namespace) + "/" + name, Traffic.BODIES, null));
    try {
      return switch (answer.code()) {
        case 200 -> Optional.of(SecretJson.read(answer.body()));
        case 404 -> Optional.empty();
        default -> throw Failures.of(asked, answer.code(), answer.body(), answer.retryAfter());
      };
    } catch (IOException e) {
      throw unreadable(asked, e);
    } finally {
      Arrays.fill(answer.body(), (byte) 0);
    }
  }

  /** Those with that label, ordered by name; the caller closes them. */
  List<Secret> list(String namespace, String label, String value) throws ObjectsException {
    Asked asked =
        new Asked(
            "list",
            "Secrets of namespace " + namespace,
            "secrets",
            "",
            namespace,
            /* carriesValues= */ false);
    String path =
        path(namespace) + "?limit=" + PAGE + "&labelSelector=" + encoded(label + "=" + value);
    List<Secret> found = new ArrayList<>();
    try {
      String next = "";
      do {
        String page = next.isEmpty() ? path : path + "&continue=" + encoded(next);
        byte[] body = api.ask(asked, new Api.Request("GET", page, Traffic.BODIES, null));
        try {
          SecretJson.Page read = SecretJson.readList(body);
          found.addAll(read.secrets());
          next = read.next();
        } finally {
          Arrays.fill(body, (byte) 0);
        }
      } while (!next.isEmpty());
    } catch (IOException e) {
      found.forEach(Secret::close);
      throw unreadable(asked, e);
    } catch (ObjectsException | RuntimeException e) {
      found.forEach(Secret::close);
      throw e;
    }
    found.sort(Comparator.comparing(secret -> secret.metadata().name()));
    return found;
  }

  /** Returns the metadata that it has now. */
  Metadata create(Secret secret, String writer) throws ObjectsException {
    Metadata metadata = secret.metadata();
    return write(
        asked("create", metadata.namespace(), metadata.name()),
        "POST",
        path(metadata.namespace()) + query(writer),
        SecretJson.write(secret, /* preconditions= */ false));
  }

  /** Applies it with that query; of a success the answer's body is gone. */
  Api.Answer apply(Secret secret, String query) throws ObjectsException {
    Metadata metadata = secret.metadata();
    byte[] body = SecretJson.write(secret, /* preconditions= */ false);
    try {
      Api.Answer answer =
          api.send(
              applied(metadata.namespace(), metadata.name()),
              Api.Request.apply(
                  path(metadata.namespace()) + "/" + metadata.name() + query,
                  Traffic.BODIES,
                  body));
      if (answer.code() < 300) {
        Arrays.fill(answer.body(), (byte) 0);
      }
      return answer;
    } finally {
      Arrays.fill(body, (byte) 0);
    }
  }

  static Asked applied(String namespace, String name) {
    return asked("apply", namespace, name);
  }

  /** Returns the metadata that it has now. */
  Metadata update(Secret secret, String writer) throws ObjectsException {
    Metadata metadata = secret.metadata();
    if (metadata.uid().isEmpty() || metadata.resourceVersion().isEmpty()) {
      throw new IllegalArgumentException(
          "an update of " + secret.ref() + " needs its uid and resourceVersion");
    }
    return write(
        asked("update", metadata.namespace(), metadata.name()),
        "PUT",
        path(metadata.namespace()) + "/" + metadata.name() + query(writer),
        SecretJson.write(secret, /* preconditions= */ true));
  }

  private Metadata write(Asked asked, String method, String path, byte[] body)
      throws ObjectsException {
    try {
      byte[] answer = api.ask(asked, new Api.Request(method, path, Traffic.BODIES, body));
      try {
        return SecretJson.written(answer);
      } catch (IOException e) {
        throw unreadable(asked, e);
      } finally {
        Arrays.fill(answer, (byte) 0);
      }
    } finally {
      Arrays.fill(body, (byte) 0);
    }
  }

  /** Deletes the Secret of that uid; another one of the same name stays. */
  void delete(String namespace, String name, String uid) throws ObjectsException {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("kind", "DeleteOptions");
    options.put("apiVersion", "v1");
    options.put("preconditions", Map.of("uid", uid));
    byte[] answer =
        api.ask(
            asked("delete", namespace, name),
            new Api.Request(
                "DELETE", path(namespace) + "/" + name, Traffic.BODIES, Json.write(options)));
    Arrays.fill(answer, (byte) 0);
  }

  /** The parser's own words could quote what it read. */
  private static ObjectsException unreadable(Asked asked, IOException cause) {
    String where =
        cause instanceof com.fasterxml.jackson.core.JsonProcessingException
            ? "it is not json"
            : cause.getMessage();
    return new ObjectsException(
        new Problem.Malformed(), "cannot " + asked + ": the answer cannot be read: " + where);
  }
}
