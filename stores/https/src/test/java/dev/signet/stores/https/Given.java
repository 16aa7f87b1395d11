package dev.signet.stores.https;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import dev.signet.yaml.YamlValue;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a store is opened with: values of Secrets by name and key, and who uses it. */
final class Given implements References {

  private final Map<String, Map<String, String>> secrets = new HashMap<>();
  private final Map<String, String> labels = new HashMap<>();
  private boolean clusterWide;
  private Optional<String> user = Optional.of("ns");

  Given secret(String name, String key, String value) {
    secrets.computeIfAbsent(name, _ -> new TreeMap<>()).put(key, value);
    return this;
  }

  /** One that carries the label of webhooks. */
  Given forWebhooks(String name, String key, String value) {
    labels.put(name, "webhook");
    return secret(name, key, value);
  }

  Given clusterWide(String user) {
    this.clusterWide = true;
    this.user = user.isEmpty() ? Optional.empty() : Optional.of(user);
    return this;
  }

  SecretStore open(StoreProvider provider, String configuration)
      throws MalformedObjectException, StoreException {
    return provider.open("SecretStore/ns/s", fields(configuration), this);
  }

  static Fields fields(String yaml) {
    try {
      Object tree =
          YamlValue.read(
              yaml.getBytes(StandardCharsets.UTF_8),
              "test",
              ReadLimits.DEFAULT,
              DuplicateKeys.REJECTED);
      return Fields.of((Map<?, ?>) java.util.Objects.requireNonNull(tree), "spec.provider.it");
    } catch (MalformedDocumentException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Override
  public SecretBytes secret(Fields selector) throws MalformedObjectException, StoreException {
    selector.string("namespace");
    String value =
        secrets
            .getOrDefault(selector.requiredString("name"), Map.of())
            .get(selector.requiredString("key"));
    if (value == null) {
      throw new StoreException(new Problem.Unreachable(), "no such Secret");
    }
    return SecretBytes.wrap(value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Material secret(Fields selector, Label label)
      throws MalformedObjectException, StoreException {
    String name = selector.requiredString("name");
    selector.raw("key");
    if (!label.value().equals(labels.get(name))) {
      throw new StoreException(new Problem.Denied(), name + " does not contain needed label");
    }
    Material all = new Material();
    secrets
        .getOrDefault(name, Map.of())
        .forEach(
            (key, value) ->
                all.put(
                    key,
                    new Item(
                        SecretBytes.wrap(value.getBytes(StandardCharsets.UTF_8)),
                        Origin.of(name, key))));
    return all;
  }

  @Override
  public byte[] authority(Fields provider) throws MalformedObjectException, StoreException {
    provider.string("type");
    try (SecretBytes value = secret(provider)) {
      return value.with(byte[]::clone);
    }
  }

  @Override
  public String accountToken(Fields selector) throws MalformedObjectException, StoreException {
    selector.string("namespace");
    selector.strings("audiences");
    String token = secrets.getOrDefault("accounts", Map.of()).get(selector.requiredString("name"));
    if (token == null) {
      throw new StoreException(new Problem.Denied(), "no such account");
    }
    return token;
  }

  @Override
  public boolean clusterWide() {
    return clusterWide;
  }

  @Override
  public Optional<String> user() {
    return user;
  }

  static String text(Item item) {
    try (SecretBytes value = item.value()) {
      return value.with(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
  }

  static Map<String, String> texts(Material material) {
    try (material) {
      Map<String, String> texts = new TreeMap<>();
      material.items().forEach((key, item) -> texts.put(key, text(item)));
      return texts;
    }
  }
}
