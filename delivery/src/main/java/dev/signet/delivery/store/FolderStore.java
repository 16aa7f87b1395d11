package dev.signet.delivery.store;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * Values in files of one folder, as containers and systemd lay out secrets: the key is the file's
 * path below the folder, the value its bytes, unchanged. Configured as {@code
 * spec.provider.file.path}, absolute or below the project's folder.
 *
 * <p>A key cannot leave the folder, neither by {@code ..} nor by a link. There are no versions.
 */
public final class FolderStore implements SecretStore {

  /** As large as a Secret may be. */
  private static final long MAX_VALUE = 1 << 20;

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
      public SecretStore open(String identity, Fields configuration)
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

  private SecretBytes value(RemoteRef ref) throws StoreException {
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
