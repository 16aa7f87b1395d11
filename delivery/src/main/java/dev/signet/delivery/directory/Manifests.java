package dev.signet.delivery.directory;

import dev.signet.core.GoBase64;
import dev.signet.core.IllegalBase64Exception;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The objects described by YAML and JSON files. A folder is read with all below it, in the order of
 * names; hidden files and folders and links to folders are passed over. Documents that are no
 * Kubernetes objects (no apiVersion and kind) are counted and passed over too. A file that cannot
 * be read is a failure of its own and does not hide the others.
 */
public final class Manifests {

  /** What could not be read: where it is and why. */
  public record Failure(String where, String why) {}

  /** Opens files that are encrypted as SOPS does it: values are, what objects they are is not. */
  @FunctionalInterface
  public interface Opener {

    /** Leaves such files as they are. */
    Opener NONE = (_, content) -> content;

    /**
     * The plain text, which is zeroed after it was read.
     *
     * @throws LockedException when no key at hand opens it, or it was tampered with
     */
    byte[] open(Path file, byte[] content) throws LockedException;

    /**
     * Looks whether the file is as it was encrypted, if that is to be known of objects that are
     * opened later.
     *
     * @throws LockedException when it is not, or no key at hand opens it
     */
    default void check(Path file, byte[] content) throws LockedException {}

    /**
     * A value of a Secret that may be such a file itself: its plain text if it is.
     *
     * @throws LockedException when it is one that stays closed
     */
    default Optional<byte[]> openValue(String key, byte[] value) throws LockedException {
      return Optional.empty();
    }
  }

  /** A file stays closed; the message says why, for people. */
  public static final class LockedException extends Exception {

    private static final long serialVersionUID = 1;

    public LockedException(String message) {
      super(message);
    }

    @Override
    public String getMessage() {
      return java.util.Objects.requireNonNull(super.getMessage());
    }
  }

  private static final Set<String> CLUSTER_WIDE =
      Set.of(
          "Namespace",
          "Node",
          "PersistentVolume",
          "StorageClass",
          "PriorityClass",
          "ClusterRole",
          "ClusterRoleBinding",
          "CustomResourceDefinition",
          "ClusterSecretStore",
          "ClusterExternalSecret",
          "ClusterPushSecret",
          "ClusterGenerator",
          "ClusterSPIFFEID",
          "ConstraintTemplate",
          "K8sSecretSource");

  private static final String DECRYPT = "kustomize.toolkit.fluxcd.io/decrypt";

  private final Map<Ref, Manifest> manifests = new TreeMap<>();
  private final Map<Ref, Failure> locked = new TreeMap<>();
  private final List<Failure> failures = new ArrayList<>();
  private final Opener opener;
  private int otherDocuments;

  private Manifests(Opener opener) {
    this.opener = opener;
  }

  /** No manifests at all. */
  public static Manifests none() {
    return new Manifests(Opener.NONE);
  }

  /** Reads files and folders. Namespaced objects without a namespace are in {@code namespace}. */
  public static Manifests read(List<Path> sources, String namespace) {
    return read(sources, namespace, Opener.NONE);
  }

  /** The same, and what SOPS encrypted is opened. */
  public static Manifests read(List<Path> sources, String namespace, Opener opener) {
    Manifests result = new Manifests(opener);
    Set<Path> files = new LinkedHashSet<>();
    for (Path source : sources) {
      files.addAll(result.filesOf(source.toAbsolutePath().normalize()));
    }
    files.forEach(file -> result.readFile(file, namespace));
    return result;
  }

  /**
   * The same of one file that was read already.
   *
   * @param file how messages name it
   */
  public static Manifests of(byte[] content, Path file, String namespace, Opener opener) {
    Manifests result = new Manifests(opener);
    result.addFile(content, file, namespace);
    return result;
  }

  private List<Path> filesOf(Path source) {
    if (!Files.isDirectory(source)) {
      return List.of(source);
    }
    List<Path> files = new ArrayList<>();
    try {
      // A source that is itself a link to a folder is meant; below it, links to folders are not.
      Path folder = Files.isSymbolicLink(source) ? source.toRealPath() : source;
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path below, BasicFileAttributes attributes) {
              return hidden(below) && !below.equals(folder)
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              // Neither folder nor file: a pipe would be waited for.
              boolean readable = !attributes.isOther() && !Files.isDirectory(file);
              if (readable && !hidden(file) && isManifest(file)) {
                files.add(file);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              failures.add(new Failure(file.toString(), StateFile.reason(e)));
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      failures.add(new Failure(source.toString(), StateFile.reason(e)));
    }
    Collections.sort(files);
    return files;
  }

  private static boolean hidden(Path path) {
    return path.getFileName() != null && path.getFileName().toString().startsWith(".");
  }

  private static boolean isManifest(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
  }

  private void readFile(Path file, String namespace) {
    byte[] content;
    try (InputStream input = Files.newInputStream(file)) {
      content = Documents.readAll(input, file.toString(), ReadLimits.DEFAULT);
    } catch (MalformedDocumentException e) {
      failures.add(new Failure(file.toString(), e.getMessage()));
      return;
    } catch (IOException e) {
      failures.add(new Failure(file.toString(), StateFile.reason(e)));
      return;
    }
    addFile(content, file, namespace);
  }

  private void addFile(byte[] content, Path file, String namespace) {
    List<Document> documents;
    try {
      documents =
          Documents.read(content, file.toString(), ReadLimits.DEFAULT, DuplicateKeys.REJECTED);
      if (documents.stream().anyMatch(document -> isEncrypted(document.tree()))) {
        documents = opened(file, content, documents, namespace);
      }
    } catch (MalformedDocumentException e) {
      failures.add(new Failure(file.toString(), e.getMessage()));
      return;
    }
    for (Document document : documents) {
      addTree(document.tree(), file, document.line(), namespace);
    }
  }

  private static boolean isEncrypted(Map<String, @Nullable Object> tree) {
    return tree.get("sops") instanceof Map<?, ?> metadata && metadata.containsKey("mac");
  }

  /**
   * Whether an object is to be left encrypted: a SopsSecret, which its controller opens; and what
   * an annotation excepts, as Flux has it.
   */
  public static boolean staysClosed(Map<String, @Nullable Object> tree) {
    return staysEncrypted(tree) || isSopsSecret(tree);
  }

  /** Whether an annotation of Flux says that it is not to be decrypted. */
  static boolean staysEncrypted(Map<String, @Nullable Object> tree) {
    return tree.get("metadata") instanceof Map<?, ?> metadata
        && metadata.get("annotations") instanceof Map<?, ?> annotations
        && annotations.get(DECRYPT) instanceof String value
        && value.equalsIgnoreCase("disabled");
  }

  private static boolean isSopsSecret(Map<String, @Nullable Object> tree) {
    return "SopsSecret".equals(tree.get("kind"))
        && tree.get("apiVersion") instanceof String version
        && version.startsWith("isindir.github.com/");
  }

  /** Nothing, if it stays closed: objects whose values are not known deliver nothing. */
  private List<Document> opened(Path file, byte[] content, List<Document> closed, String namespace)
      throws MalformedDocumentException {
    List<Document> kept = closed.stream().filter(document -> staysClosed(document.tree())).toList();
    byte[] plain;
    try {
      if (closed.stream()
          .filter(document -> isEncrypted(document.tree()))
          .allMatch(document -> staysClosed(document.tree()))) {
        if (kept.stream().anyMatch(document -> isSopsSecret(document.tree()))) {
          opener.check(file, content);
        }
        return closed;
      }
      plain = opener.open(file, content);
    } catch (LockedException e) {
      for (Document document : closed) {
        lock(document.tree(), document.line(), file, namespace, e.getMessage());
      }
      return List.of();
    }
    try {
      List<Document> documents = new ArrayList<>(kept);
      Documents.read(plain, file.toString(), ReadLimits.DEFAULT, DuplicateKeys.REJECTED).stream()
          .filter(document -> !staysClosed(document.tree()))
          .forEach(documents::add);
      return documents;
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  private void lock(
      Map<String, @Nullable Object> tree, int line, Path file, String namespace, String why) {
    try {
      KubeObject object = placed(KubeObject.of(tree, namespace));
      Manifest manifest = new Manifest(object, file, line);
      locked.putIfAbsent(object.ref(), new Failure(manifest.where(), why));
    } catch (MalformedObjectException e) {
      failures.add(new Failure(file + ":" + line, why));
    }
  }

  @SuppressWarnings("unchecked")
  private void addTree(Map<String, @Nullable Object> tree, Path file, int line, String namespace) {
    if (!(tree.get("apiVersion") instanceof String apiVersion)
        || !(tree.get("kind") instanceof String kind)) {
      otherDocuments++;
      return;
    }
    if (kind.endsWith("List") && tree.get("items") instanceof List<?> items) {
      for (Object item : items) {
        if (item instanceof Map<?, ?> map) {
          addTree((Map<String, @Nullable Object>) map, file, line, namespace);
        }
      }
      return;
    }
    if (isConfiguration(GroupKind.of(apiVersion, kind))) {
      otherDocuments++;
      return;
    }
    try {
      KubeObject object = placed(KubeObject.of(withValues(tree), namespace));
      Manifest manifest = new Manifest(object, file, line);
      Manifest first = manifests.putIfAbsent(object.ref(), manifest);
      if (first != null) {
        failures.add(
            new Failure(
                manifest.where(),
                object.ref() + " is described a second time, first in " + first.where()));
      }
    } catch (MalformedObjectException e) {
      failures.add(new Failure(file + ":" + line, kind + ": " + e.getMessage()));
    } catch (LockedException e) {
      lock(tree, line, file, namespace, e.getMessage());
    }
  }

  /** A Secret with those of its values in plain that are encrypted files. */
  private Map<String, @Nullable Object> withValues(Map<String, @Nullable Object> tree)
      throws LockedException {
    if (!"Secret".equals(tree.get("kind"))
        || !"v1".equals(tree.get("apiVersion"))
        || !(tree.get("data") instanceof Map<?, ?> data)
        || staysClosed(tree)) {
      return tree;
    }
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    boolean changed = false;
    for (Map.Entry<?, ?> each : data.entrySet()) {
      String key = String.valueOf(each.getKey());
      Optional<String> plain =
          each.getValue() instanceof String text ? plain(key, text) : Optional.empty();
      changed |= plain.isPresent();
      values.put(key, plain.isPresent() ? plain.get() : each.getValue());
    }
    if (!changed) {
      return tree;
    }
    Map<String, @Nullable Object> copy = new LinkedHashMap<>(tree);
    copy.put("data", values);
    return copy;
  }

  private Optional<String> plain(String key, String text) throws LockedException {
    try {
      return opener.openValue(key, GoBase64.STD.decode(text)).map(GoBase64.STD::encodeToString);
    } catch (IllegalBase64Exception e) {
      // Who reads the Secret says so.
      return Optional.empty();
    }
  }

  /** An API server ignores the namespace of a cluster-wide object. */
  private static KubeObject placed(KubeObject object) {
    Ref ref = object.ref();
    return CLUSTER_WIDE.contains(ref.kind().kind())
        ? new KubeObject(new Ref(ref.kind(), "", ref.name()), object.apiVersion(), object.tree())
        : object;
  }

  /** Files of tools that look like objects but never reach an API server. */
  private static boolean isConfiguration(GroupKind kind) {
    return kind.group().equals("kustomize.config.k8s.io")
        || kind.group().equals("apiserver.config.k8s.io")
        || kind.group().equals("audit.k8s.io");
  }

  public Collection<Manifest> all() {
    return Collections.unmodifiableCollection(manifests.values());
  }

  /** Objects whose files stay closed: where they are and why. They are not among {@link #all}. */
  public Map<Ref, Failure> locked() {
    return Collections.unmodifiableMap(locked);
  }

  Map<Ref, Manifest> byRef() {
    return manifests;
  }

  public List<Failure> failures() {
    return Collections.unmodifiableList(failures);
  }

  /** How many documents were no Kubernetes objects. */
  public int otherDocuments() {
    return otherDocuments;
  }
}
