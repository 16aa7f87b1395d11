package dev.signet.cli.sops;

import dev.signet.remote.Publishing;
import dev.signet.sops.Destination;
import dev.signet.sops.Format;
import dev.signet.sops.Metadata;
import dev.signet.sops.OpenKeys;
import dev.signet.sops.Selection;
import dev.signet.sops.SopsConfig;
import dev.signet.sops.SopsException;
import dev.signet.sops.Value.Branch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Puts files where the configuration says. Into a bucket goes the encrypted file, for other keys if
 * its rule has some; into Vault go the values.
 */
final class Publish {

  private final Session session;
  private final Publishing publishing;
  private final boolean recursive;

  private Publish(Session session) {
    this.session = session;
    this.publishing = new Publishing(Keys.machine(session.world()));
    this.recursive = session.local().is(Flag.RECURSIVE);
  }

  static int run(Session session) throws SopsFailure {
    if (session.configFile().isEmpty()) {
      throw SopsFailure.of("config file not found");
    }
    if (session.local().rest().isEmpty()) {
      throw new SopsFailure(SopsFailure.NO_FILE, "Error: no file specified");
    }
    FileCommands.warnOfMoreFiles(session);
    String name = session.local().rest().getFirst();
    Path root = session.world().path(name);
    if (!Files.exists(root)) {
      throw SopsFailure.of("stat " + name + ": no such file or directory");
    }
    Publish publish = new Publish(session);
    if (!Files.isDirectory(root)) {
      publish.one(name, String.valueOf(root.getFileName()));
      return 0;
    }
    if (!publish.recursive) {
      throw SopsFailure.of("can't operate on a directory without --recursive flag.");
    }
    for (Path file : files(root)) {
      String inside = root.relativize(file).toString();
      publish.one(Path.of(name).normalize().resolve(inside).toString(), inside);
    }
    return 0;
  }

  /** All files below a folder, by name; links to folders are not followed. */
  private static List<Path> files(Path folder) throws SopsFailure {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : entries.sorted().toList()) {
        if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          files.addAll(files(entry));
        } else {
          files.add(entry);
        }
      }
      return files;
    } catch (IOException e) {
      throw SopsFailure.of("cannot list " + folder + ": " + FileAccess.reason(e));
    }
  }

  /**
   * One file.
   *
   * @param given its path as it was given, by which its rule is found
   * @param inside how it is called there
   */
  private void one(String given, String inside) throws SopsFailure {
    Path path = session.world().path(given);
    SopsConfig.Publication publication = session.publication(given);
    Destination destination =
        publication
            .destination()
            .orElseThrow(() -> SopsFailure.of("no destination configured for this file"));
    String name = inside;
    if (session.local().is(Flag.OMIT_EXTENSIONS) || publication.omitExtensions()) {
      int dot = name.lastIndexOf('.');
      name = dot > name.lastIndexOf('/') ? name.substring(0, dot) : name;
    }
    byte[] content = content(path, publication, destination);
    try {
      String place = publishing.place(destination, name);
      if (!session.local().is(Flag.YES)
          && !YesOrNo.answer(
              session.world(), "uploading " + path + " to " + place + " ? (y/n): ")) {
        String canceled = "Publication of " + path + " canceled";
        if (!recursive) {
          throw SopsFailure.of(canceled);
        }
        session.world().out().print(canceled + "\n");
        return;
      }
      if (!publishing.put(destination, name, content)) {
        session.world().err().print("[PUBLISH] Secret in " + place + " is already up-to-date.\n");
      }
    } catch (IOException e) {
      throw SopsFailure.of("cannot publish " + path + ": " + e.getMessage());
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private byte[] content(Path path, SopsConfig.Publication publication, Destination destination)
      throws SopsFailure {
    Format format = session.inputFormat(path.toString());
    byte[] text = FileAccess.read(path);
    SopsConfig.Rule rule = publication.recreation();
    return switch (destination) {
      case Destination.S3 _, Destination.Gcs _ -> {
        if (rule.groups().stream().allMatch(List::isEmpty)) {
          // What is no file of SOPS is not published by mistake.
          TreeFile.read(session, text, format);
          yield text;
        }
        yield recreated(text, format, rule);
      }
      case Destination.Vault _ -> {
        try (OpenKeys keys = session.openKeys();
            TreeFile file = TreeFile.open(session, text, format, keys)) {
          Branch all = new Branch();
          for (Branch document : file.tree().branches()) {
            all.members().addAll(document.members());
          }
          yield Format.of(Format.Kind.JSON, Format.Layout.USUAL).write(List.of(all));
        } catch (SopsException e) {
          throw SopsFailure.of(e);
        }
      }
    };
  }

  private byte[] recreated(byte[] text, Format format, SopsConfig.Rule rule) throws SopsFailure {
    try (OpenKeys keys = session.openKeys();
        TreeFile opened = TreeFile.open(session, text, format, keys)) {
      Metadata before = opened.tree().metadata();
      String changes = UpdateKeys.listed(before.groups(), rule.groups());
      if (changes.lines().anyMatch(line -> line.startsWith("+++") || line.startsWith("---"))) {
        session
            .world()
            .out()
            .print("The following changes will be made to the file's key groups:\n" + changes);
      }
      Optional<Selection> selection =
          rule.selectors().entrySet().stream()
              .findFirst()
              .map(each -> new Selection(each.getKey(), each.getValue()))
              .or(() -> Optional.of(Selection.USUAL))
              .filter(_ -> !format.isSingleValue());
      opened
          .tree()
          .setMetadata(
              new Metadata(
                  rule.groups(),
                  rule.threshold(),
                  selection,
                  rule.macOnlyEncrypted() && !format.isSingleValue(),
                  session.now(),
                  "",
                  Session.VERSION));
      try (TreeFile fresh = opened.rekeyed(keys)) {
        return fresh.encrypted(format);
      }
    }
  }
}
