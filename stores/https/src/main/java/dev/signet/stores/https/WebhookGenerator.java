package dev.signet.stores.https;

import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.Generator;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;

/** {@code Webhook}: what an endpoint answers, each member of the JSON object a value. */
final class WebhookGenerator implements Generator {

  private static final RemoteRef NOTHING_IN_PARTICULAR = new RemoteRef("", "", "");

  private final StoreProvider webhook;

  WebhookGenerator(StoreProvider webhook) {
    this.webhook = webhook;
  }

  @Override
  public String kind() {
    return "Webhook";
  }

  @Override
  public Made generate(String identity, Fields spec, Sources sources)
      throws MalformedObjectException, StoreException {
    try (SecretStore store = webhook.open(identity, spec, sources.references())) {
      return Made.of(store.fetchMap(NOTHING_IN_PARTICULAR));
    }
  }
}
