package dev.signet.cli.sops;

import dev.signet.core.SecretBytes;
import dev.signet.sops.Format;
import dev.signet.sops.KeyGroups;
import dev.signet.sops.KeyWrapping;
import dev.signet.sops.Metadata;
import dev.signet.sops.SopsException;
import dev.signet.sops.SopsTree;
import dev.signet.sops.Value.Branch;
import dev.signet.sops.WordWrap;
import java.util.List;

/** An encrypted file that was opened, with its data key. */
final class TreeFile implements AutoCloseable {

  private static final int COLUMNS = 75;

  private final Session session;
  private final SopsTree tree;
  private final SecretBytes dataKey;
  private final KeyWrapping keys;

  private TreeFile(Session session, SopsTree tree, SecretBytes dataKey, KeyWrapping keys) {
    this.session = session;
    this.tree = tree;
    this.dataKey = dataKey;
    this.keys = keys;
  }

  /** Reads and decrypts. */
  static TreeFile open(Session session, byte[] text, Format format, KeyWrapping keys)
      throws SopsFailure {
    SopsTree tree = read(session, text, format);
    try {
      SecretBytes dataKey = KeyGroups.open(tree.metadata(), keys, session.order());
      TreeFile file = new TreeFile(session, tree, dataKey, keys);
      SopsTree.Mac mac =
          session.local().is(Flag.IGNORE_MAC) ? SopsTree.Mac.IGNORED : SopsTree.Mac.CHECKED;
      try {
        tree.decrypt(dataKey, mac, session.world()::warn);
      } catch (SopsException e) {
        file.close();
        throw e;
      }
      return file;
    } catch (SopsException e) {
      throw SopsFailure.of(e);
    }
  }

  /** Reads only. */
  static SopsTree read(Session session, byte[] text, Format format) throws SopsFailure {
    try {
      SopsTree tree = format.readEncrypted(text, session.world().random());
      Versions.check(tree.metadata().version());
      return tree;
    } catch (SopsException e) {
      throw SopsFailure.of(e);
    }
  }

  /** A new tree with a new data key for the keys that the metadata name. */
  static TreeFile create(
      Session session, List<Branch> branches, Metadata metadata, KeyWrapping keys)
      throws SopsFailure {
    SecretBytes dataKey = KeyGroups.newDataKey(session.world().random());
    try {
      Metadata wrapped = KeyGroups.wrap(metadata, dataKey, keys, session.world().random());
      return new TreeFile(
          session, new SopsTree(branches, wrapped, session.world().random()), dataKey, keys);
    } catch (SopsException e) {
      dataKey.close();
      throw SopsFailure.of(e);
    }
  }

  SopsTree tree() {
    return tree;
  }

  /** The same content under a new data key for the keys that the metadata name. */
  TreeFile rekeyed(KeyWrapping keys) throws SopsFailure {
    SecretBytes fresh = KeyGroups.newDataKey(session.world().random());
    try {
      tree.setMetadata(KeyGroups.wrap(tree.metadata(), fresh, keys, session.world().random()));
      return new TreeFile(session, tree, fresh, keys);
    } catch (SopsException e) {
      fresh.close();
      throw SopsFailure.of(e);
    }
  }

  /** Encrypts; the tree is of no other use then. */
  byte[] encrypted(Format format) throws SopsFailure {
    try {
      if (tree.metadata().hasOldContexts()) {
        // Whoever reads the file by its new version takes the contexts in it as they are.
        tree.setMetadata(
            KeyGroups.wrap(tree.metadata(), dataKey, keys, session.world().random())
                .withVersion(Session.VERSION));
      }
      tree.encrypt(dataKey, session.world().clock().instant());
    } catch (SopsException e) {
      throw SopsFailure.of(e);
    }
    return text(tree, format);
  }

  static byte[] text(SopsTree tree, Format format) throws SopsFailure {
    try {
      return format.writeEncrypted(tree);
    } catch (SopsException e) {
      throw new SopsFailure(SopsFailure.DUMP, "Could not marshal tree: " + e.getMessage());
    }
  }

  /** Refuses content that cannot be told from an encrypted file. */
  static void validate(List<Branch> branches, Format output) throws SopsFailure {
    if (branches.isEmpty()) {
      throw new SopsFailure(
          SopsFailure.NO_DOCUMENT,
          "File cannot be completely empty, it must contain at least one document");
    }
    if (output.hasMetadata(branches.getFirst())) {
      throw new SopsFailure(
          SopsFailure.ENCRYPTED_ALREADY,
          WordWrap.at(
              COLUMNS,
              "The file you have provided contains a top-level entry called 'sops', or for flat file"
                  + " formats top-level entries starting with 'sops_'. This is generally due to the"
                  + " file already being encrypted. SOPS uses a top-level entry called 'sops' to"
                  + " store the metadata required to decrypt the file. For this reason, SOPS can not"
                  + " encrypt files that already contain such an entry.\n\nIf this is an unencrypted"
                  + " file, rename the 'sops' entry.\n\nIf this is an encrypted file and you want to"
                  + " edit it, use the editor mode, for example: `sops edit my_file.yaml`"));
    }
  }

  @Override
  public void close() {
    dataKey.close();
  }
}
