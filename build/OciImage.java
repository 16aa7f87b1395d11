import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An image as the OCI image format specification 1.1 lays it out in a folder, packed as one tar archive: oci-layout,
 * index.json, and blobs named by their SHA-256: a manifest, a configuration, and gzipped layers, each with the hash of its
 * plain tar in the configuration. manifest.json besides is what `docker load` looked for before it knew this layout.
 */
final class OciImage {

  private static final String TYPE = "application/vnd.oci.image.";

  private final Path folder;
  private final Instant time;
  private final List<Map<String, Object>> layers = new ArrayList<>();
  private final List<String> plainHashes = new ArrayList<>();
  private final List<Map<String, Object>> history = new ArrayList<>();

  OciImage(Path folder, Instant time) throws IOException {
    this.folder = folder;
    this.time = time;
    Files.createDirectories(folder.resolve("blobs/sha256"));
  }

  /** Everything in that folder becomes one layer over those before it. */
  void layer(Path content, String what) throws IOException {
    Path file = folder.resolve("layer");
    MessageDigest plain = Layout.sha256();
    try (OutputStream out = new DigestOutputStream(
        new BufferedOutputStream(Tar.gzip(Files.newOutputStream(file)), 1 << 16), plain)) {
      Tar.writeTree(content, out, time);
    }
    MessageDigest packed = Layout.sha256();
    try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), packed)) {
      Files.copy(file, out);
    }
    String hash = hex(packed);
    layers.add(descriptor("layer.v1.tar+gzip", hash, Files.size(file)));
    Files.move(file, folder.resolve("blobs/sha256/" + hash));
    plainHashes.add("sha256:" + hex(plain));
    history.add(ordered("created", time.toString(), "created_by", what));
  }

  /** Completes the image: what runs in it, and its name, {@code repository:tag}. */
  void finish(String name, Map<String, Object> run, Path archive) throws IOException {
    Map<String, Object> config = blob("config.v1+json", ordered(
        "created", time.toString(), "architecture", "amd64", "os", "linux", "config", run,
        "rootfs", ordered("type", "layers", "diff_ids", plainHashes), "history", history));
    Map<String, Object> manifest = blob("manifest.v1+json", ordered(
        "schemaVersion", 2, "mediaType", TYPE + "manifest.v1+json", "config", config, "layers", layers));
    manifest.put("platform", ordered("architecture", "amd64", "os", "linux"));
    manifest.put("annotations", ordered(
        "io.containerd.image.name", name, "org.opencontainers.image.ref.name", name.substring(name.lastIndexOf(':') + 1)));
    write("index.json", ordered("schemaVersion", 2, "mediaType", TYPE + "index.v1+json", "manifests", List.of(manifest)));
    write("oci-layout", ordered("imageLayoutVersion", "1.0.0"));
    write("manifest.json", List.of(ordered(
        "Config", path(config), "RepoTags", List.of(name), "Layers", layers.stream().map(OciImage::path).toList())));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(archive), 1 << 16)) {
      Tar.writeTree(folder, out, time);
    }
  }

  private Map<String, Object> blob(String type, Map<String, Object> content) throws IOException {
    byte[] bytes = json(content).getBytes(StandardCharsets.UTF_8);
    String hash = HexFormat.of().formatHex(Layout.sha256().digest(bytes));
    Files.write(folder.resolve("blobs/sha256/" + hash), bytes);
    return descriptor(type, hash, bytes.length);
  }

  private void write(String name, Object content) throws IOException {
    Files.writeString(folder.resolve(name), json(content));
  }

  private static Map<String, Object> descriptor(String type, String hash, long size) {
    return ordered("mediaType", TYPE + type, "digest", "sha256:" + hash, "size", size);
  }

  private static String path(Map<String, Object> descriptor) {
    return "blobs/" + descriptor.get("digest").toString().replace(':', '/');
  }

  private static String hex(MessageDigest hash) {
    return HexFormat.of().formatHex(hash.digest());
  }

  static Map<String, Object> ordered(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }

  private static String json(Object value) {
    return switch (value) {
      case Map<?, ?> map -> map.entrySet().stream()
          .map(entry -> json(entry.getKey()) + ":" + json(entry.getValue()))
          .collect(java.util.stream.Collectors.joining(",", "{", "}"));
      case List<?> list -> list.stream().map(OciImage::json)
          .collect(java.util.stream.Collectors.joining(",", "[", "]"));
      case Number number -> number.toString();
      default -> quoted(value.toString());
    };
  }

  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ') {
        json.append("\\u%04x".formatted((int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}
