package dev.signet.delivery.store;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Values in files of one folder, as containers and systemd lay out secrets: the key is the file's
 * path below the folder, the value its bytes, unchanged. Configured as {@code
 * spec.provider.file.path}, absolute or below the project's folder.
 *
 * <p>A key cannot leave the folder, neither by {@code ..} nor by a link. There are no versions. A
 * search by path looks below that folder; names are keys. What is pushed replaces its file in one
 * step, readable by its owner only.
 */
public final class FolderStore implements SecretStore, Searchable, Writable {

  /** As large as a Secret may be. */
  private static final long MAX_VALUE = 1 << 20;

  private static final int MAX_FOUND = 10_000;

  private final String identity;
  private final Path folder;

  private FolderStore(String identity, Path folder) {
    this.identity = identity;
    this.folder = folder;
  }

  /** Opens stores whose relative paths are below {@code root}. */
  public static StoreProvider provider(Path root) {
    return new StoreProvider() {
      @Override
      public String name() {
        return "file";
      }

      @Override
      public Capabilities capabilities() {
        return Capabilities.ReadWrite;
      }

      @Override
      public SecretStore open(String identity, Fields configuration, References references)
          throws MalformedObjectException, StoreException {
        String path = configuration.requiredString("path");
        configuration.refuseUnread();
        try {
          Path folder = root.resolve(path).toRealPath();
          if (Files.isDirectory(folder)) {
            return new FolderStore(identity, folder);
          }
          throw new NotDirectoryException(path);
        } catch (IOException | InvalidPathException e) {
          throw new StoreException(
              new Problem.Unreachable(), identity + " cannot open its folder " + path);
        }
      }
    };
  }

  @Override
  public Item fetch(RemoteRef ref) throws StoreException {
    Origin origin = new Origin(identity, ref.key(), ref.property(), "");
    return new Item(Property.of(value(ref), ref, identity), origin);
  }

  @Override
  public Material fetchMap(RemoteRef ref) throws StoreException {
    return Property.fields(Property.of(value(ref), ref, identity), ref, identity);
  }

  @Override
  public Material find(Search search) throws StoreException {
    if (!search.tags().isEmpty()) {
      throw new StoreException(new Problem.Malformed(), identity + " keeps no tags to search by");
    }
    Path from = folder;
    if (search.path().filter(path -> !path.isEmpty()).isPresent()) {
      Path named = folder.resolve(search.path().get()).normalize();
      if (!named.startsWith(folder)) {
        throw new StoreException(
            new Problem.Denied(), "the path of the search leads out of the folder of " + identity);
      }
      from = named;
    }
    List<String> keys = new ArrayList<>();
    try (Stream<Path> files = Files.isDirectory(from) ? Files.walk(from, 32) : Stream.empty()) {
      files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .filter(search::named)
          .limit(MAX_FOUND + 1L)
          .sorted()
          .forEach(keys::add);
    } catch (IOException | UncheckedIOException e) {
      throw new StoreException(
          new Problem.Unreachable(), "the folder of " + identity + " cannot be searched");
    }
    if (keys.size() > MAX_FOUND) {
      throw new StoreException(
          new Problem.Malformed(), "more than " + MAX_FOUND + " keys of " + identity + " fit");
    }
    Material found = new Material();
    boolean complete = false;
    try {
      for (String key : keys) {
        found.put(key, fetch(new RemoteRef(key, "", "")));
      }
      complete = true;
      return found;
    } finally {
      if (!complete) {
        found.close();
      }
    }
  }

  @Override
  public void push(Remote remote, SecretBytes value, Map<String, @Nullable Object> metadata)
      throws StoreException {
    RemoteRef ref = new RemoteRef(remote.key(), "", "");
    if (!remote.property().isEmpty()) {
      throw new StoreException(
          new Problem.Malformed(), identity + " writes whole files; property is not understood");
    }
    try {
      Path file = inside(folder.resolve(remote.key()).normalize(), ref);
      Path parent = file.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
        file = inside(parent.toRealPath().resolve(file.getFileName()), ref);
      }
      Path there = file;
      if (Files.isRegularFile(there, LinkOption.NOFOLLOW_LINKS)
          && value.with(bytes -> Arrays.equals(bytes, Files.readAllBytes(there)))) {
        return;
      }
      Path fresh = Files.createTempFile(parent, ".signet-", ".tmp");
      try {
        value.with(bytes -> Files.write(fresh, bytes));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException | InvalidPathException e) {
      throw new StoreException(
          new Problem.Unreachable(),
          "key " + remote.key() + " of " + identity + " cannot be written");
    }
  }

  private Path named(Remote remote) throws StoreException {
    return inside(folder.resolve(remote.key()).normalize(), new RemoteRef(remote.key(), "", ""));
  }

  @Override
  public boolean exists(Remote remote) throws StoreException {
    return Files.isRegularFile(named(remote));
  }

  @Override
  public void delete(Remote remote) throws StoreException {
    try {
      Path file = named(remote);
      if (!Files.exists(file)) {
        return;
      }
      RemoteRef ref = new RemoteRef(remote.key(), "", "");
      Files.delete(inside(file.toRealPath(), ref));
    } catch (IOException e) {
      throw new StoreException(
          new Problem.Unreachable(),
          "key " + remote.key() + " of " + identity + " cannot be deleted");
    }
  }

  private SecretBytes value(RemoteRef ref) throws StoreException {
    if (ref.metadata()) {
      throw new StoreException(
          new Problem.Malformed(), identity + " keeps nothing about its values to fetch");
    }
    if (!ref.version().isEmpty()) {
      throw new StoreException(
          new Problem.Malformed(),
          identity + " keeps no versions, but one is asked for " + ref.key());
    }
    try {
      // By name first: whether something exists outside is nobody's business either.
      Path named = inside(folder.resolve(ref.key()).normalize(), ref);
      if (!Files.exists(named)) {
        throw new NoSuchFileException(ref.key());
      }
      Path file = inside(named.toRealPath(), ref);
      if (!Files.isRegularFile(file)) {
        throw new StoreException(
            new Problem.Malformed(), "key " + ref.key() + " of " + identity + " is not a file");
      }
      if (Files.size(file) > MAX_VALUE) {
        throw new StoreException(
            new Problem.Malformed(),
            "key " + ref.key() + " of " + identity + " is larger than a Secret can be (1 MiB)");
      }
      return SecretBytes.wrap(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new StoreException(new Problem.NotFound(), identity + " has no key " + ref.key());
    } catch (AccessDeniedException e) {
      throw new StoreException(
          new Problem.Denied(), "key " + ref.key() + " of " + identity + " may not be read");
    } catch (IOException | InvalidPathException e) {
      throw new StoreException(
          new Problem.Unreachable(), "key " + ref.key() + " of " + identity + " cannot be read");
    }
  }

  private Path inside(Path path, RemoteRef ref) throws StoreException {
    if (!path.startsWith(folder) || path.equals(folder)) {
      throw new StoreException(
          new Problem.Denied(), "key " + ref.key() + " leads out of the folder of " + identity);
    }
    return path;
  }
}
