package dev.signet.delivery.directory;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Delivery;
import dev.signet.delivery.Event;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** States to put into files. */
final class States {

  static final Ref RESOURCE = new Ref(new GroupKind("bitnami.com", "SealedSecret"), "ns", "app");

  private States() {}

  static Secret secret(String namespace, String name, String... keysAndValues) {
    Material data = new Material();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      data.put(
          keysAndValues[i],
          new Item(
              SecretBytes.wrap(keysAndValues[i + 1].getBytes(UTF_8)),
              new Origin("store", keysAndValues[i], "part", "v1")));
    }
    return new Secret(Metadata.named(namespace, name), "", Optional.empty(), data);
  }

  /** One of everything, with that value in the Secret. */
  static State full(String value) {
    State state = new State();
    state.version = 7;
    state.sources.add("/home/me/app");
    state.objects.put(
        RESOURCE,
        new State.Known(
            "uid-1", 2, "digest", Map.of("observedGeneration", 2L, "conditions", List.of())));
    Secret secret = secret("ns", "app", "password", value);
    state.secrets.put(secret.ref(), secret);
    Instant at = Instant.parse("2026-01-02T03:04:05.678Z");
    Delivery delivery = Delivery.of(RESOURCE, secret.ref(), secret.data(), at);
    state.deliveries.put(new State.Edge(RESOURCE, secret.ref()), delivery);
    state.events.add(new State.Logged(Event.warning(RESOURCE, "Reason", "what happened"), at, 3));
    return state;
  }
}
