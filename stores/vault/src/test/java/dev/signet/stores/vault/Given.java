package dev.signet.stores.vault;

import dev.signet.core.Item;
import dev.signet.core.Material;
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
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a store is opened with: values of Secrets by name and key, and who uses it. */
final class Given implements References {

  private final Map<String, String> secrets = new TreeMap<>();
  private final List<String> audiences = new CopyOnWriteArrayList<>();
  private boolean clusterWide;
  private Optional<String> user = Optional.of("ns");

  /** By the name of a Secret and its key, as in {@code me/token}. */
  Given secret(String path, String value) {
    secrets.put(path, value);
    return this;
  }

  Given clusterWide(String user) {
    this.clusterWide = true;
    this.user = user.isEmpty() ? Optional.empty() : Optional.of(user);
    return this;
  }

  /** What tokens of service accounts were asked for. */
  List<String> audiences() {
    return audiences;
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
      return Fields.of((Map<?, ?>) Objects.requireNonNull(tree), "spec.provider.vault");
    } catch (MalformedDocumentException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Override
  public SecretBytes secret(Fields selector) throws MalformedObjectException, StoreException {
    selector.string("namespace");
    String value =
        secrets.get(selector.requiredString("name") + "/" + selector.requiredString("key"));
    if (value == null) {
      throw new StoreException(new Problem.Unreachable(), "no such Secret");
    }
    return SecretBytes.wrap(value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Material secret(Fields selector, Label label) throws MalformedObjectException {
    throw new MalformedObjectException("not for Vault");
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
    audiences.addAll(selector.strings("audiences"));
    String token = secrets.get("accounts/" + selector.requiredString("name"));
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
    return text(item.value());
  }

  static String text(SecretBytes secret) {
    try (SecretBytes value = secret) {
      return value.with(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
  }

  static SecretBytes bytes(String text) {
    return SecretBytes.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  static Map<String, String> texts(Material material) {
    try (material) {
      Map<String, String> texts = new TreeMap<>();
      material.items().forEach((key, item) -> texts.put(key, text(item)));
      return texts;
    }
  }
}
