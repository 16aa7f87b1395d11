package dev.signet.cli;

import dev.signet.cli.sops.SopsManifests;
import dev.signet.core.GoBase64;
import dev.signet.delivery.directory.Manifests;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.GoYaml;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A function of kustomize: a ResourceList comes in, one goes out. A generator of KSOPS ({@code
 * viaduct.ai/v1}, kind {@code ksops}) among its items, or as its configuration, becomes the objects
 * of its {@code files} and the Secrets of its {@code secretFrom}; another item that SOPS encrypted
 * is opened; all else passes.
 */
final class KrmFunction {

  private final Surroundings surroundings;
  private final SopsManifests sops;
  private final boolean ignoreMac;

  KrmFunction(Surroundings surroundings, SopsManifests sops, boolean ignoreMac) {
    this.surroundings = surroundings;
    this.sops = sops;
    this.ignoreMac = ignoreMac;
  }

  static boolean isInput(Map<String, @Nullable Object> tree) {
    return "ResourceList".equals(tree.get("kind"))
        && tree.get("apiVersion") instanceof String version
        && version.startsWith("config.kubernetes.io/");
  }

  /** What is printed. */
  byte[] run(Map<String, @Nullable Object> list) throws CommandFailure, IOException {
    List<Object> results = new ArrayList<>();
    boolean generated = false;
    if (list.get("items") instanceof List<?> items) {
      for (Object item : items) {
        Map<String, @Nullable Object> tree = tree(item);
        generated |= isGenerator(tree);
        results.addAll(made(tree));
      }
    }
    Map<String, @Nullable Object> configuration = tree(list.get("functionConfig"));
    if (!generated && isGenerator(configuration)) {
      results.addAll(made(configuration));
    }
    Map<String, @Nullable Object> out = new LinkedHashMap<>(list);
    out.put("items", results);
    return GoYaml.write(out).getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, @Nullable Object> tree(@Nullable Object value) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, each) -> tree.put(String.valueOf(key), each));
    }
    return tree;
  }

  private static boolean isGenerator(Map<String, @Nullable Object> tree) {
    return "ksops".equals(tree.get("kind"))
        && tree.get("apiVersion") instanceof String version
        && version.startsWith("viaduct.ai/");
  }

  private List<Map<String, @Nullable Object>> made(Map<String, @Nullable Object> tree)
      throws CommandFailure, IOException {
    if (isGenerator(tree)) {
      try {
        return generated(Fields.of(tree, ""));
      } catch (MalformedObjectException e) {
        throw CommandFailure.of("the generator of KSOPS: " + e.getMessage());
      }
    }
    if (!tree.containsKey("sops") || Manifests.staysClosed(tree)) {
      return List.of(tree);
    }
    byte[] text = GoYaml.write(tree).getBytes(StandardCharsets.UTF_8);
    String name = String.valueOf(tree(tree.get("metadata")).get("name"));
    return read(decrypted(text, Path.of("item.yaml"), "item " + name), "item " + name);
  }

  private List<Map<String, @Nullable Object>> generated(Fields manifest)
      throws MalformedObjectException, CommandFailure, IOException {
    List<String> files = manifest.strings("files");
    List<Fields> secrets = manifest.objects("secretFrom");
    if (files.isEmpty() && secrets.isEmpty()) {
      throw CommandFailure.of(
          "the generator of KSOPS names nothing", "it needs files or secretFrom");
    }
    List<Map<String, @Nullable Object>> objects = new ArrayList<>();
    for (String file : files) {
      objects.addAll(read(decrypted(file), file));
    }
    for (Fields each : secrets) {
      objects.add(secret(each));
    }
    return objects;
  }

  private Map<String, @Nullable Object> secret(Fields from)
      throws MalformedObjectException, CommandFailure, IOException {
    Map<String, String> texts = new TreeMap<>();
    for (String each : from.strings("files")) {
      texts.put(key(each), new String(decrypted(file(each)), StandardCharsets.UTF_8));
    }
    Map<String, String> data = new TreeMap<>();
    for (String each : from.strings("binaryFiles")) {
      data.put(key(each), GoBase64.STD.encodeToString(decrypted(file(each))));
    }
    for (String each : from.strings("envs")) {
      texts.putAll(lines(each));
    }
    Map<String, @Nullable Object> secret = new LinkedHashMap<>();
    secret.put("apiVersion", "v1");
    secret.put("kind", "Secret");
    secret.put("metadata", tree(from.raw("metadata")));
    from.string("type").ifPresent(type -> secret.put("type", type));
    if (!texts.isEmpty()) {
      secret.put("stringData", texts);
    }
    if (!data.isEmpty()) {
      secret.put("data", data);
    }
    return secret;
  }

  /** {@code key=path}, or a path whose last part is the key. */
  private static String key(String entry) {
    int equals = entry.indexOf('=');
    return equals < 0 ? String.valueOf(Path.of(entry).getFileName()) : entry.substring(0, equals);
  }

  private static String file(String entry) {
    return entry.substring(entry.indexOf('=') + 1);
  }

  private Map<String, String> lines(String file) throws CommandFailure, IOException {
    try {
      return EnvFile.read(new String(decrypted(file), StandardCharsets.UTF_8));
    } catch (EnvFile.MalformedException e) {
      throw CommandFailure.of(file + ": " + e.getMessage());
    }
  }

  private byte[] decrypted(String file) throws CommandFailure, IOException {
    return decrypted(InputOutput.read(surroundings, file), Path.of(file), file);
  }

  private byte[] decrypted(byte[] text, Path file, String name) throws CommandFailure {
    try {
      return ignoreMac ? sops.decryptUnchecked(text, file) : sops.decrypt(text, file);
    } catch (SopsManifests.ClosedException e) {
      throw CommandFailure.of(
          name + " stays closed: " + e.getMessage().replaceAll("\\s+", " "), "nothing was printed");
    }
  }

  private static List<Map<String, @Nullable Object>> read(byte[] content, String name)
      throws CommandFailure {
    try {
      List<Map<String, @Nullable Object>> trees = new ArrayList<>();
      for (Document document :
          Documents.read(content, name, ReadLimits.DEFAULT, DuplicateKeys.REJECTED)) {
        trees.add(document.tree());
      }
      return trees;
    } catch (MalformedDocumentException e) {
      throw CommandFailure.because(e);
    }
  }
}
