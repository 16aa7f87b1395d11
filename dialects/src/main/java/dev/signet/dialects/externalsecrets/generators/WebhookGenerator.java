package dev.signet.dialects.externalsecrets.generators;

import dev.signet.core.Material;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;

/** {@code Webhook}: what an endpoint answers, each member of the JSON object a value. */
final class WebhookGenerator implements Generator {

  static final String KIND = "Webhook";
  private static final RemoteRef NOTHING_IN_PARTICULAR = new RemoteRef("", "", "");

  private final StoreProvider webhook;

  WebhookGenerator(StoreProvider webhook) {
    this.webhook = webhook;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Material generate(String identity, Fields spec, Sources sources)
      throws MalformedObjectException, StoreException {
    try (SecretStore store = webhook.open(identity, spec, sources.references())) {
      return store.fetchMap(NOTHING_IN_PARTICULAR);
    }
  }
}
