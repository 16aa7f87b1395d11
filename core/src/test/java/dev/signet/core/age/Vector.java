package dev.signet.core.age;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.InflaterInputStream;

/** One of the vectors of C2SP/CCTV. */
final class Vector {

  private final String name;
  private final Map<String, List<String>> fields;
  private final byte[] file;

  private Vector(String name, Map<String, List<String>> fields, byte[] file) {
    this.name = name;
    this.fields = fields;
    this.file = file;
  }

  static List<Vector> all() {
    try (Stream<Path> files =
        Files.list(
            Path.of(Objects.requireNonNull(Vector.class.getResource("/age/cctv")).toURI()))) {
      return files.sorted().map(Vector::read).toList();
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Vector read(Path path) {
    try {
      byte[] bytes = Files.readAllBytes(path);
      Map<String, List<String>> fields = new LinkedHashMap<>();
      int at = 0;
      while (bytes[at] != '\n') {
        int end = at;
        while (bytes[end] != '\n') {
          end++;
        }
        String line = new String(bytes, at, end - at, StandardCharsets.UTF_8);
        int colon = line.indexOf(": ");
        fields
            .computeIfAbsent(line.substring(0, colon), _ -> new ArrayList<>())
            .add(line.substring(colon + 2));
        at = end + 1;
      }
      byte[] file = Arrays.copyOfRange(bytes, at + 1, bytes.length);
      if (fields.containsKey("compressed")) {
        try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(file))) {
          file = in.readAllBytes();
        }
      }
      return new Vector(String.valueOf(path.getFileName()), fields, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String name() {
    return name;
  }

  String expect() {
    return all("expect").getFirst();
  }

  List<String> all(String field) {
    return fields.getOrDefault(field, List.of());
  }

  Optional<String> one(String field) {
    return all(field).stream().findFirst();
  }

  AgeFile.Form form() {
    return fields.containsKey("armored") ? AgeFile.Form.ARMORED : AgeFile.Form.BINARY;
  }

  byte[] file() {
    return file.clone();
  }

  @Override
  public String toString() {
    return name;
  }
}
