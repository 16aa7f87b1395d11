package dev.signet.sops;

import dev.signet.sops.SopsException.Step;
import dev.signet.sops.Value.Branch;
import dev.signet.sops.Value.Field;
import dev.signet.sops.Value.Member;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How trees are written as text. */
public sealed interface Format
    permits YamlFormat, JsonFormat, BinaryFormat, DotenvFormat, IniFormat {

  /** The formats, by the names that options have for them. */
  enum Kind {
    YAML,
    JSON,
    DOTENV,
    INI,
    BINARY;

    /** By the name of a format; others mean {@link #BINARY}. */
    public static Kind named(String name) {
      return switch (name) {
        case "yaml" -> YAML;
        case "json" -> JSON;
        case "dotenv" -> DOTENV;
        case "ini" -> INI;
        default -> BINARY;
      };
    }

    /** By the ending of a file's name. */
    public static Kind ofFile(String name) {
      if (name.endsWith(".yaml") || name.endsWith(".yml")) {
        return YAML;
      }
      if (name.endsWith(".json")) {
        return JSON;
      }
      if (name.endsWith(".env")) {
        return DOTENV;
      }
      return name.endsWith(".ini") ? INI : BINARY;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * How far nested things are indented.
   *
   * @param json spaces; -1 is a tab
   */
  record Layout(int yaml, int json, int binary) {
    public static final Layout USUAL = new Layout(0, -1, -1);
  }

  static Format of(Kind kind, Layout layout) {
    return switch (kind) {
      case YAML -> new YamlFormat(layout.yaml());
      case JSON -> new JsonFormat(layout.json());
      case DOTENV -> new DotenvFormat();
      case INI -> new IniFormat();
      case BINARY -> new BinaryFormat(new JsonFormat(layout.binary()));
    };
  }

  /** The branches of a text that is not encrypted: one a document, exactly one but in YAML. */
  List<Branch> read(byte[] text) throws SopsException;

  byte[] write(List<Branch> branches) throws SopsException;

  /** A value by itself, as it is printed when a part of a file is extracted. */
  byte[] writeValue(Value value) throws SopsException;

  /** The name that the metadata of a file have as a field, or the beginning of their names. */
  Placement placement();

  /** Whether a file is one value, which is always encrypted. */
  default boolean isSingleValue() {
    return this instanceof BinaryFormat;
  }

  /** What a new file has in it. */
  byte[] example();

  /** Where the metadata stand. */
  enum Placement {
    /** As a branch. */
    BRANCH,
    /** As one branch without further ones in it. */
    FLAT_BRANCH,
    /** As fields of the file, each with a prefix. */
    FIELDS
  }

  String KEY = "sops";

  /** The tree of an encrypted text. */
  default SopsTree readEncrypted(byte[] text, SecureRandom random) throws SopsException {
    List<Branch> branches = plain(text);
    Branch found = null;
    for (int i = 0; i < branches.size(); i++) {
      Branch branch = branches.get(i);
      List<Member> rest = new ArrayList<>();
      for (Member member : branch.members()) {
        Optional<Field> metadata = metadataField(member);
        if (metadata.isEmpty() || (i > 0 && placement() == Placement.FIELDS)) {
          rest.add(member);
        } else if (i == 0) {
          found = gathered(found, metadata.get());
        }
      }
      branch.members().clear();
      branch.members().addAll(rest);
    }
    if (found == null) {
      throw new SopsException(Step.READ, "sops metadata not found");
    }
    Branch metadata = placement() == Placement.BRANCH ? found : Flat.unflatten(found, escapes());
    return new SopsTree(branches, MetadataBranch.read(metadata), random);
  }

  private List<Branch> plain(byte[] text) throws SopsException {
    return this instanceof BinaryFormat binary ? binary.json().read(text) : read(text);
  }

  /** Whether line feeds in metadata are written as a backslash and an n by this format's rules. */
  private boolean escapes() {
    return placement() == Placement.FLAT_BRANCH;
  }

  private Branch gathered(@org.jspecify.annotations.Nullable Branch before, Field field)
      throws SopsException {
    if (placement() == Placement.FIELDS) {
      Branch branch = before == null ? new Branch() : before;
      branch.add(field.key().substring(KEY.length() + 1), field.value());
      return branch;
    }
    if (before != null) {
      throw new SopsException(Step.READ, "Found duplicate sops entry");
    }
    if (field.value() instanceof Branch branch) {
      return branch;
    }
    throw new SopsException(Step.READ, "Found sops entry that is not a mapping");
  }

  private Optional<Field> metadataField(Member member) {
    return member instanceof Field field && isReserved(field.key())
        ? Optional.of(field)
        : Optional.empty();
  }

  private boolean isReserved(String key) {
    return placement() == Placement.FIELDS ? key.startsWith(KEY + "_") : key.equals(KEY);
  }

  /** Whether a branch has what only encrypted files have. */
  default boolean hasMetadata(Branch branch) {
    return branch.members().stream().anyMatch(member -> metadataField(member).isPresent());
  }

  /** The text of an encrypted tree: its metadata stand at the end of every document. */
  default byte[] writeEncrypted(SopsTree tree) throws SopsException {
    Branch metadata = MetadataBranch.of(tree.metadata());
    if (placement() != Placement.BRANCH) {
      String prefix = placement() == Placement.FIELDS ? KEY + "_" : "";
      metadata = Flat.flatten(metadata, prefix, escapes());
    }
    List<Branch> branches = new ArrayList<>();
    for (Branch branch : tree.branches()) {
      for (Member member : branch.members()) {
        if (member instanceof Field field && isReserved(field.key())) {
          throw new SopsException(
              Step.WRITE,
              "Error marshaling metadata: Found key \""
                  + field.key()
                  + "\" in encrypted data, which is reserved for SOPS metadata");
        }
      }
      Branch whole = new Branch(new ArrayList<>(branch.members()));
      if (placement() == Placement.FIELDS) {
        whole.members().addAll(metadata.members());
      } else {
        whole.add(KEY, metadata);
      }
      branches.add(whole);
    }
    return this instanceof BinaryFormat binary ? binary.json().write(branches) : write(branches);
  }
}
