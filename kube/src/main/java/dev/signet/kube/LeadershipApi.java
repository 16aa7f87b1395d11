package dev.signet.kube;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.kube.Failures.Asked;
import java.io.IOException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A Lease of {@code coordination.k8s.io/v1}. Fields that others wrote into it survive. The times in
 * it are those of this machine's calendar, for people who look at it.
 */
final class LeadershipApi implements LeadershipLease {

  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private final Api api;
  private final String namespace;
  private final String name;
  private final InstantSource calendar;
  private Map<String, @Nullable Object> last = Map.of();

  LeadershipApi(Api api, String namespace, String name, InstantSource calendar) {
    this.api = api;
    this.namespace = namespace;
    this.name = name;
    this.calendar = calendar;
  }

  @Override
  public Optional<LeadershipClaim> read() throws ObjectsException {
    Asked asked = asked("get");
    Api.Answer answer = api.send(asked, Api.Request.get(path() + "/" + name));
    return switch (answer.code()) {
      case 200 -> Optional.of(claim(asked, answer.body()));
      case 404 -> Optional.empty();
      default -> throw Failures.of(asked, answer.code(), answer.body(), answer.retryAfter());
    };
  }

  @Override
  public LeadershipClaim create(LeadershipClaim claim) throws ObjectsException {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("apiVersion", "coordination.k8s.io/v1");
    tree.put("kind", "Lease");
    tree.put("metadata", Map.of("name", name, "namespace", namespace));
    tree.put("spec", spec(Map.of(), claim, /* taken= */ true));
    return write(asked("create"), "POST", path(), tree);
  }

  @Override
  public LeadershipClaim replace(LeadershipClaim claim, boolean taken) throws ObjectsException {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>(last);
    Map<String, @Nullable Object> metadata = map(tree.get("metadata"));
    metadata.put("resourceVersion", claim.version());
    metadata.remove("managedFields");
    tree.put("metadata", metadata);
    tree.put("spec", spec(map(tree.get("spec")), claim, taken));
    return write(asked("update"), "PUT", path() + "/" + name, tree);
  }

  private Map<String, @Nullable Object> spec(
      Map<String, @Nullable Object> before, LeadershipClaim claim, boolean taken) {
    Map<String, @Nullable Object> spec = new LinkedHashMap<>(before);
    String now = MICROS.format(calendar.instant());
    spec.put("holderIdentity", claim.holder());
    spec.put("leaseDurationSeconds", (long) claim.seconds());
    spec.put("leaseTransitions", (long) claim.transitions());
    spec.put("renewTime", now);
    if (taken) {
      spec.put("acquireTime", now);
    }
    return spec;
  }

  private LeadershipClaim write(
      Asked asked, String method, String path, Map<String, @Nullable Object> tree)
      throws ObjectsException {
    return claim(
        asked, api.ask(asked, new Api.Request(method, path, "application/json", Json.write(tree))));
  }

  private LeadershipClaim claim(Asked asked, byte[] body) throws ObjectsException {
    try {
      last = Json.read(body);
    } catch (IOException e) {
      throw new ObjectsException(
          new Problem.Malformed(), "cannot " + asked + ": the answer is not json");
    }
    Map<String, @Nullable Object> spec = map(last.get("spec"));
    return new LeadershipClaim(
        spec.get("holderIdentity") instanceof String holder ? holder : "",
        number(spec.get("leaseDurationSeconds")),
        number(spec.get("leaseTransitions")),
        map(last.get("metadata")).get("resourceVersion") instanceof String version ? version : "");
  }

  private static int number(@Nullable Object value) {
    return value instanceof Long number ? Math.clamp(number, 0, Integer.MAX_VALUE) : 0;
  }

  private static Map<String, @Nullable Object> map(@Nullable Object value) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, each) -> copy.put((String) key, each));
    }
    return copy;
  }

  private String path() {
    return "/apis/coordination.k8s.io/v1/namespaces/" + namespace + "/leases";
  }

  private Asked asked(String verb) {
    return new Asked(
        verb,
        "Lease " + namespace + "/" + name,
        "leases",
        "coordination.k8s.io",
        namespace,
        /* carriesValues= */ false);
  }
}
