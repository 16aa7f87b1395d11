package dev.signet.cli.sops;

import dev.signet.core.SecretBytes;
import dev.signet.dialects.sopssecrets.DecryptionKeys;
import dev.signet.sops.Format;
import dev.signet.sops.KeyGroups;
import dev.signet.sops.Masking;
import dev.signet.sops.MasterKey;
import dev.signet.sops.Metadata;
import dev.signet.sops.OpenKeys;
import dev.signet.sops.SopsConfig;
import dev.signet.sops.SopsException;
import dev.signet.sops.SopsTree;
import dev.signet.sops.TreeMerge;
import dev.signet.sops.Value.Branch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** SOPS files for the other programs: opened with the keys of this machine, which are read once. */
public final class SopsManifests implements AutoCloseable {

  /** A file stays closed, or cannot be written; the message says why, for people. */
  public static final class ClosedException extends Exception {

    private static final long serialVersionUID = 1;

    ClosedException(String message) {
      super(message);
    }

    @Override
    public String getMessage() {
      return Objects.requireNonNull(super.getMessage());
    }
  }

  /** More than any object of a cluster holds. */
  private static final int LARGEST_VALUE = 5 << 20;

  private final SopsWorld world;
  private final OpenKeys keys;

  public SopsManifests(SopsWorld world) {
    this(world, List::of);
  }

  /**
   * With further keys, which come first.
   *
   * @param more asked once, when a file is opened
   */
  public SopsManifests(SopsWorld world, Supplier<List<OpenKeys>> more) {
    this.world = world;
    this.keys = new LazyKeys(more, new Keys(world));
  }

  /** What opens these files, for objects that are opened later; usable until this is closed. */
  public DecryptionKeys keys() {
    return _ -> new SharedKeys(keys);
  }

  private static Format format(Path file) {
    return Format.of(Format.Kind.ofFile(file.toString()), Format.Layout.USUAL);
  }

  /** The metadata, if it is such a file. */
  public Optional<Metadata> metadata(byte[] text, Path file) {
    try {
      Metadata metadata = format(file).readEncrypted(text, world.random()).metadata();
      return metadata.version().isEmpty() || metadata.mac().isEmpty()
          ? Optional.empty()
          : Optional.of(metadata);
    } catch (SopsException notEncrypted) {
      return Optional.empty();
    }
  }

  /** The plain text in the same format; its MAC was checked. */
  public byte[] decrypt(byte[] text, Path file) throws ClosedException {
    Format format = format(file);
    try (Opened opened = open(text, format, SopsTree.Mac.CHECKED)) {
      return format.write(opened.tree().branches());
    } catch (SopsException e) {
      throw closed(e);
    }
  }

  /**
   * A value that is a whole file of SOPS, as Flux finds and opens it: what marks such a file says
   * in which format it is read, the ending of the key in which it is written.
   *
   * @param unchecked whether its MAC is not compared
   * @return nothing, if it is no such file
   */
  public Optional<byte[]> decryptValue(String key, byte[] value, boolean unchecked)
      throws ClosedException {
    Optional<Format.Kind> marked = Markers.kind(value);
    if (marked.isEmpty() || value.length > LARGEST_VALUE) {
      return Optional.empty();
    }
    Format.Kind written =
        key.endsWith(".dockerconfigjson") ? Format.Kind.JSON : Format.Kind.ofFile(key);
    boolean envelope = written == Format.Kind.BINARY && marked.get() == Format.Kind.JSON;
    Format from = Format.of(envelope ? Format.Kind.BINARY : marked.get(), Format.Layout.USUAL);
    SopsTree.Mac mac = unchecked ? SopsTree.Mac.IGNORED : SopsTree.Mac.CHECKED;
    try (Opened opened = open(value, from, mac)) {
      return Optional.of(Format.of(written, Format.Layout.USUAL).write(opened.tree().branches()));
    } catch (SopsException e) {
      throw closed(e);
    }
  }

  /** The same of a text that some tool has put into another order, which its MAC does not cover. */
  public byte[] decryptUnchecked(byte[] text, Path file) throws ClosedException {
    Format format = format(file);
    try (Opened opened = open(text, format, SopsTree.Mac.IGNORED)) {
      return format.write(opened.tree().branches());
    } catch (SopsException e) {
      throw closed(e);
    }
  }

  /** The text with keyed hashes in place of values. */
  public byte[] masked(byte[] text, Path file) throws ClosedException {
    Format format = format(file);
    try (Opened opened = open(text, format, SopsTree.Mac.IGNORED)) {
      List<Branch> encrypted = format.readEncrypted(text, world.random()).branches();
      return format.write(Masking.masked(encrypted, opened.tree().branches(), opened.dataKey()));
    } catch (SopsException e) {
      throw closed(e);
    }
  }

  private record Opened(SopsTree tree, SecretBytes dataKey) implements AutoCloseable {
    @Override
    public void close() {
      dataKey.close();
    }
  }

  private Opened open(byte[] text, Format format, SopsTree.Mac mac) throws SopsException {
    SopsTree tree = format.readEncrypted(text, world.random());
    SecretBytes dataKey = KeyGroups.open(tree.metadata(), keys, KeyGroups.USUAL_ORDER);
    try {
      tree.decrypt(dataKey, mac, world::warn);
      return new Opened(tree, dataKey);
    } catch (SopsException e) {
      dataKey.close();
      throw e;
    }
  }

  /** What is encrypted for whom a configuration says. */
  public byte[] encrypt(byte[] plain, Path file, Optional<Path> config) throws ClosedException {
    Arguments none = noArguments(config);
    Session session = new Session(world, none, none);
    Format format = format(file);
    try {
      Metadata metadata = session.newMetadata(file, format);
      List<Branch> branches = format.read(plain);
      TreeFile.validate(branches, format);
      SopsTree tree =
          SopsTree.encrypted(branches, metadata, keys, world.clock().instant(), world.random());
      return TreeFile.text(tree, session.outputFormat(file.toString()));
    } catch (SopsFailure | SopsException e) {
      throw new ClosedException(String.valueOf(e.getMessage()));
    }
  }

  private Arguments noArguments(Optional<Path> config) throws ClosedException {
    List<String> flags = config.map(path -> List.of("--config", path.toString())).orElse(List.of());
    try {
      return Arguments.parse(flags, Flag.GLOBAL, world);
    } catch (SopsFailure e) {
      throw new ClosedException(e.getMessage());
    }
  }

  /** The keys that the configuration asks for; nothing, where it has no rule for the file. */
  public Optional<List<List<MasterKey>>> wanted(Path file) throws ClosedException {
    Arguments none = noArguments(Optional.empty());
    try {
      Optional<SopsConfig.Rule> rule = new Session(world, none, none).rule(file);
      return rule.isEmpty()
          ? Optional.empty()
          : Optional.of(KeyGroups.complete(rule.get().groups(), keys));
    } catch (SopsFailure | SopsException e) {
      throw new ClosedException(String.valueOf(e.getMessage()));
    }
  }

  /** Whether a key of this machine opens it, without a look at the values. */
  public Optional<String> whyNot(Metadata metadata) {
    try (SecretBytes _ = KeyGroups.open(metadata, keys, KeyGroups.USUAL_ORDER)) {
      return Optional.empty();
    } catch (SopsException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** What came of merging. */
  public static final class Merged {
    private final byte[] text;
    private final List<String> conflicts;

    private Merged(byte[] text, List<String> conflicts) {
      this.text = text;
      this.conflicts = List.copyOf(conflicts);
    }

    public byte[] text() {
      return text;
    }

    /** Places that both changed, where ours was kept. */
    public List<String> conflicts() {
      return conflicts;
    }
  }

  /** The same text for other keys; values, data key and MAC stay. */
  public byte[] forKeys(byte[] text, Path file, List<List<MasterKey>> groups)
      throws ClosedException {
    Format format = format(file);
    try {
      SopsTree tree = format.readEncrypted(text, world.random());
      Metadata before = tree.metadata();
      try (SecretBytes dataKey = KeyGroups.open(before, keys, KeyGroups.USUAL_ORDER)) {
        int threshold = Math.min(before.threshold(), groups.size());
        tree.setMetadata(
            KeyGroups.wrap(before.withGroups(groups, threshold), dataKey, keys, world.random()));
      }
      return format.writeEncrypted(tree);
    } catch (SopsException e) {
      throw closed(e);
    }
  }

  /**
   * Merges three states of a file by its values. Values that did not change on our side keep their
   * text. The data key is ours; who may read is what one side changed.
   */
  public Merged merge(byte[] base, byte[] ours, byte[] theirs, Path file) throws ClosedException {
    Format format = format(file);
    try (Opened first = open(base, format, SopsTree.Mac.CHECKED);
        Opened mine = open(ours, format, SopsTree.Mac.CHECKED);
        Opened other = open(theirs, format, SopsTree.Mac.CHECKED)) {
      TreeMerge merge =
          TreeMerge.of(first.tree().branches(), mine.tree().branches(), other.tree().branches());
      mine.tree().replaceBranches(merge.branches());
      Metadata metadata = mine.tree().metadata();
      List<String> conflicts = new ArrayList<>(merge.conflicts());
      if (!names(other).equals(names(first)) && !names(other).equals(names(mine))) {
        if (!names(mine).equals(names(first))) {
          conflicts.add("the keys it is encrypted for");
        } else {
          Metadata changed =
              metadata.withGroups(
                  other.tree().metadata().groups(), other.tree().metadata().threshold());
          mine.tree().setMetadata(KeyGroups.wrap(changed, mine.dataKey(), keys, world.random()));
        }
      }
      mine.tree().encrypt(mine.dataKey(), world.clock().instant());
      return new Merged(format.writeEncrypted(mine.tree()), conflicts);
    } catch (SopsException e) {
      throw closed(e);
    }
  }

  private static List<List<String>> names(Opened file) {
    return file.tree().metadata().groups().stream()
        .map(group -> group.stream().map(MasterKey::name).sorted().toList())
        .toList();
  }

  /** The first line says it for a list; the rest is for who looks at one file. */
  private static ClosedException closed(SopsException e) {
    return new ClosedException(SopsFailure.of(e).getMessage().strip());
  }

  @Override
  public void close() {
    keys.close();
  }
}
