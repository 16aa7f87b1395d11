package dev.signet.stores.contract;

import static java.util.Objects.requireNonNull;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a store is opened with: values of Secrets by name and key, and who uses it. */
public final class Given implements References {

  /** How messages name the stores that are opened here. */
  public static final String STORE = "SecretStore/ns/s";

  private final Map<String, Map<String, String>> secrets = new TreeMap<>();
  private final Map<String, String> labels = new TreeMap<>();
  private final Map<String, String> accounts = new TreeMap<>();
  private final Map<String, Map<String, String>> annotations = new TreeMap<>();
  private final List<String> audiences = new CopyOnWriteArrayList<>();
  private boolean clusterWide;
  private Optional<String> user = Optional.of("ns");

  public Given secret(String name, String key, String value) {
    secrets.computeIfAbsent(name, _ -> new TreeMap<>()).put(key, value);
    return this;
  }

  /** One that carries a label. */
  public Given labelled(String label, String name, String key, String value) {
    labels.put(name, label);
    return secret(name, key, value);
  }

  /** A service account, and the token that is issued for it. */
  public Given account(String name, String token) {
    accounts.put(name, token);
    return this;
  }

  /** What is annotated on a service account. */
  public Given annotated(String account, Map<String, String> annotated) {
    annotations.put(account, annotated);
    return this;
  }

  /**
   * As a store of the whole cluster.
   *
   * @param user empty when it is only looked at
   */
  public Given clusterWide(String user) {
    this.clusterWide = true;
    this.user = user.isEmpty() ? Optional.empty() : Optional.of(user);
    return this;
  }

  /** What tokens of service accounts were asked for. */
  public List<String> audiences() {
    return List.copyOf(audiences);
  }

  /** Opens a store as {@link #STORE}. */
  public SecretStore open(StoreProvider provider, String configuration)
      throws MalformedObjectException, StoreException {
    return provider.open(STORE, fields(configuration), this);
  }

  /** What stands in the provider's field of a store's manifest. */
  public static Fields fields(String yaml) {
    try {
      Object tree =
          YamlValue.read(
              yaml.getBytes(StandardCharsets.UTF_8),
              "test",
              ReadLimits.DEFAULT,
              DuplicateKeys.REJECTED);
      return Fields.of((Map<?, ?>) requireNonNull(tree), "spec.provider.it");
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
    return bytes(value);
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
        .forEach((key, value) -> all.put(key, new Item(bytes(value), Origin.of(name, key))));
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
    audiences.addAll(selector.strings("audiences"));
    String token = accounts.get(selector.requiredString("name"));
    if (token == null) {
      throw new StoreException(new Problem.Denied(), "no such account");
    }
    return token;
  }

  @Override
  public Map<String, String> accountAnnotations(Fields selector) throws MalformedObjectException {
    selector.string("namespace");
    return annotations.getOrDefault(selector.requiredString("name"), Map.of());
  }

  @Override
  public boolean clusterWide() {
    return clusterWide;
  }

  @Override
  public Optional<String> user() {
    return user;
  }

  /** The text of an item, which is closed. */
  public static String text(Item item) {
    return text(item.value());
  }

  /** The same of a value. */
  public static String text(SecretBytes secret) {
    try (SecretBytes value = secret) {
      return value.with(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
  }

  public static SecretBytes bytes(String text) {
    return SecretBytes.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** All of a material as texts by name; it is closed. */
  public static Map<String, String> texts(Material material) {
    try (material) {
      Map<String, String> texts = new TreeMap<>();
      material.items().forEach((key, item) -> texts.put(key, text(item)));
      return texts;
    }
  }
}
