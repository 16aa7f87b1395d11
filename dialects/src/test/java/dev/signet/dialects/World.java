package dev.signet.dialects;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.directory.Manifests;
import dev.signet.delivery.directory.State;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import dev.signet.template.Template;
import dev.signet.yaml.GoJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A folder of manifests, its state, and what a test wants to see of them. */
public final class World implements AutoCloseable {

  public static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-01-02T03:04:05.678Z"));

  public static final Template.Sources SOURCES =
      new Template.Sources(CLOCK, ZoneOffset.UTC, new SecureRandom());

  private final Path folder;
  private final State state = new State();
  private final SecureRandom random = new SecureRandom();
  private int eventsSeen;

  public World(Path folder) {
    this.folder = folder;
  }

  /** Writes or replaces a manifest. */
  public World manifest(String file, String yaml) {
    try {
      Files.writeString(folder.resolve(file + ".yaml"), yaml);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public World without(String file) {
    try {
      Files.delete(folder.resolve(file + ".yaml"));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The directory as a new command finds it. */
  public Directory directory() {
    Manifests manifests = Manifests.read(List.of(folder), "ns");
    if (!manifests.failures().isEmpty()) {
      throw new IllegalStateException(manifests.failures().toString());
    }
    return new Directory(state, manifests, CLOCK, random);
  }

  /** Puts a Secret there as somebody else would. */
  public void secret(String yaml) throws MalformedObjectException, ObjectsException {
    try (Secret secret = SecretManifest.read(tree(yaml), "test")) {
      directory().create(secret);
    }
  }

  /** The whole Secret as JSON, to be compared; empty when there is none. */
  public Optional<String> json(String namespace, String name) {
    return directory()
        .secret(namespace, name)
        .map(
            secret -> {
              try (secret) {
                return GoJson.write(
                    SecretManifest.write(secret), GoJson.Layout.COMPACT, GoJson.Keys.SORTED);
              }
            });
  }

  /** Keys and values, {@code {k=v}}; {@code none} when there is no such Secret. */
  public String values(String namespace, String name) {
    return directory()
        .secret(namespace, name)
        .map(
            secret -> {
              try (secret) {
                Map<String, String> values = new TreeMap<>();
                secret
                    .data()
                    .items()
                    .forEach(
                        (key, item) ->
                            values.put(key, item.value().with(bytes -> new String(bytes, UTF_8))));
                return values.toString();
              }
            })
        .orElse("none");
  }

  /** The events since the last look: {@code Warning Reason: message}. */
  public List<String> events() {
    List<String> events = new ArrayList<>();
    directory()
        .events()
        .forEach(
            logged -> {
              String type = logged.event().warning() ? "Warning " : "Normal ";
              events.add(type + logged.event().reason() + ": " + logged.event().message());
            });
    List<String> fresh = List.copyOf(events.subList(eventsSeen, events.size()));
    eventsSeen = events.size();
    return fresh;
  }

  /** The fields of a condition of an object, in the order in which they stand there. */
  public Map<String, String> condition(Ref ref, String type) throws MalformedObjectException {
    Objects objects = directory();
    try {
      KubeObject object = objects.get(ref).orElseThrow();
      for (Fields condition : object.fields().requiredObject("status").objects("conditions")) {
        if (condition.requiredString("type").equals(type)) {
          Map<String, String> fields = new TreeMap<>();
          for (String name : condition.names()) {
            fields.put(name, String.valueOf(condition.raw(name)));
          }
          return fields;
        }
      }
      return Map.of();
    } catch (ObjectsException e) {
      throw new IllegalStateException(e);
    }
  }

  public static Map<String, @Nullable Object> tree(String yaml) {
    try {
      return dev.signet.yaml.Documents.read(
              yaml.getBytes(UTF_8),
              "test",
              dev.signet.yaml.ReadLimits.DEFAULT,
              dev.signet.yaml.DuplicateKeys.REJECTED)
          .getFirst()
          .tree();
    } catch (dev.signet.yaml.MalformedDocumentException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Override
  public void close() {
    state.close();
  }
}
