package dev.signet.operator.admission;

import dev.signet.delivery.object.Ref;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * The validating webhook, over HTTPS.
 *
 * @param secret where its certificate is kept, and its certificate authority
 * @param hosts the names or addresses by which the API server calls it
 * @param configurations the ValidatingWebhookConfigurations that call it; they are told whose
 *     certificates it has
 * @param made whether its certificate is made and renewed here; otherwise somebody else does
 * @param look how often to see whether all of that is as it should be
 */
public record WebhookSettings(
    InetSocketAddress address,
    Ref secret,
    List<String> hosts,
    List<String> configurations,
    boolean made,
    Duration look) {

  /** How often it is looked at. */
  public static final Duration USUAL_LOOK = Duration.ofSeconds(30);

  public WebhookSettings {
    hosts = List.copyOf(hosts);
    configurations = List.copyOf(configurations);
    if (hosts.isEmpty() || !look.isPositive()) {
      throw new IllegalArgumentException("a webhook needs a name and a pause between looks");
    }
  }
}
