package dev.signet.operator.admission;

import dev.signet.core.Material;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the webhook's certificate good. Every process reads it from the Secret; the one that leads
 * makes and renews it, in an order in which no caller ever meets a server that it does not trust:
 * first the configurations learn of the new authority, besides the old one, then the Secret is
 * written, then it is served.
 */
final class CertificateKeeper {

  private static final Logger LOG = LoggerFactory.getLogger("dev.signet.operator.admission");

  private final WebhookSettings settings;
  private final Objects objects;
  private final BooleanSupplier leads;
  private final InstantSource clock;
  private final SecureRandom random;
  private final ServedKey served;
  private String version = "";
  private Optional<Certificates> known = Optional.empty();
  private String said = "";

  CertificateKeeper(
      WebhookSettings settings,
      Objects objects,
      BooleanSupplier leads,
      InstantSource clock,
      SecureRandom random,
      ServedKey served) {
    this.settings = settings;
    this.objects = objects;
    this.leads = leads;
    this.clock = clock;
    this.random = random;
    this.served = served;
  }

  /** Looks once, and whether there is a certificate; what fails is said once, and tried again. */
  boolean look() {
    try {
      read();
      if (settings.made() && leads.getAsBoolean()) {
        if (known.filter(it -> it.goodFor(settings.hosts(), clock.instant())).isEmpty()) {
          renew();
        } else {
          trust(known.get());
        }
      }
      said = "";
    } catch (ObjectsException | GeneralSecurityException | MalformedObjectException e) {
      String why = String.valueOf(e.getMessage());
      if (!why.equals(said)) {
        said = why;
        LOG.atWarn().log("the webhook's certificate: {}", why);
      }
    }
    return known.isPresent() && said.isEmpty();
  }

  private void read() throws ObjectsException, GeneralSecurityException {
    Ref secret = settings.secret();
    String now = objects.secretVersion(secret.namespace(), secret.name()).orElse("");
    if (now.equals(version)) {
      return;
    }
    Optional<Secret> found = objects.secret(secret.namespace(), secret.name());
    if (found.isEmpty()) {
      known = Optional.empty();
      version = "";
      return;
    }
    try (Secret it = found.get()) {
      known = Certificates.read(it.data());
    } catch (GeneralSecurityException e) {
      if (!settings.made()) {
        throw e;
      }
      // What cannot be read is replaced.
      known = Optional.empty();
    }
    version = now;
    known.ifPresent(this::serve);
  }

  private void serve(Certificates certificates) {
    served.set(certificates);
    LOG.atInfo()
        .addKeyValue("until", certificates.chain().getFirst().getNotAfter().toInstant())
        .log("the webhook has a certificate");
  }

  private void renew() throws ObjectsException, GeneralSecurityException, MalformedObjectException {
    Certificates made = Certificates.make(settings.hosts(), known, clock.instant(), random);
    trust(made);
    Ref ref = settings.secret();
    Optional<Secret> found = objects.secret(ref.namespace(), ref.name());
    Material data = made.data();
    if (found.isEmpty()) {
      try (Secret secret =
          new Secret(
              Metadata.named(ref.namespace(), ref.name()), "Opaque", Optional.empty(), data)) {
        version = objects.create(secret);
      }
    } else {
      try (Secret old = found.get();
          Secret secret = new Secret(old.metadata(), old.type(), Optional.empty(), data)) {
        version = objects.update(secret);
      }
    }
    known = Optional.of(made);
    serve(made);
  }

  /** Tells the configurations whom to trust, where they do not know it. */
  private void trust(Certificates certificates) throws ObjectsException, MalformedObjectException {
    String bundle = Base64.getEncoder().encodeToString(certificates.authorityPem());
    List<String> missing = new ArrayList<>();
    for (String name : settings.configurations()) {
      Ref ref = new Ref(Webhook.CONFIGURATION, "", name);
      Optional<KubeObject> found = objects.get(ref);
      if (found.isEmpty()) {
        missing.add(name);
        continue;
      }
      Optional<KubeObject> changed = trusting(found.get(), bundle);
      if (changed.isPresent()) {
        objects.update(changed.get());
        LOG.atInfo().addKeyValue("name", name).log("told whose certificates the webhook has");
      }
    }
    if (!missing.isEmpty()) {
      throw new ObjectsException(
          new Problem.NotFound(),
          "ValidatingWebhookConfiguration " + String.join(", ", missing) + " does not exist");
    }
  }

  /** The configuration with that bundle in all its webhooks; empty when it has it. */
  private static Optional<KubeObject> trusting(KubeObject configuration, String bundle) {
    List<Object> webhooks = new ArrayList<>();
    boolean changed = false;
    if (configuration.tree().get("webhooks") instanceof List<?> list) {
      for (Object each : list) {
        Map<String, @Nullable Object> webhook = copy(each);
        Map<String, @Nullable Object> client = copy(webhook.get("clientConfig"));
        changed |= !bundle.equals(client.put("caBundle", bundle));
        webhook.put("clientConfig", client);
        webhooks.add(webhook);
      }
    }
    return changed ? Optional.of(configuration.with("webhooks", webhooks)) : Optional.empty();
  }

  private static Map<String, @Nullable Object> copy(@Nullable Object tree) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    if (tree instanceof Map<?, ?> map) {
      map.forEach((key, value) -> copy.put((String) key, value));
    }
    return copy;
  }
}
