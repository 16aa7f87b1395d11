package dev.signet.cli;

import dev.signet.yaml.MalformedDocumentException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The files in which a command looks for SealedSecrets. Folders of version control and of Signet's
 * state are never entered, links that turn up in a folder are not followed, and no file is taken
 * twice. A file that is named itself is taken whatever it is called.
 */
final class ManifestFiles {

  /**
   * A file to look at.
   *
   * @param name as messages call it: as short as it can be from where the user is
   */
  record Found(Path path, String name) {}

  private static final Set<String> NEVER = Set.of(".git", ".hg", ".svn", ".signet");
  private static final List<String> USUAL = List.of("*.yaml", "*.yml", "*.json");

  @Parameters(paramLabel = "PATH", arity = "1..*", description = "Folders and files.")
  List<String> places = new ArrayList<>();

  @Option(
      names = "--include",
      paramLabel = "GLOB",
      description = {
        "Only such files, for instance 'apps/**'; repeatable. A pattern without a slash is matched",
        "with names, one with a slash with paths below PATH. Default: *.yaml, *.yml and *.json."
      })
  List<String> include = new ArrayList<>();

  @Option(
      names = "--exclude",
      paramLabel = "GLOB",
      description = "Not such files, nor folders of that name; repeatable.")
  List<String> exclude = new ArrayList<>();

  /** A pattern that the user wrote. */
  private record Glob(PathMatcher matcher, boolean name) {

    static Glob of(String pattern) throws CommandFailure {
      try {
        return new Glob(
            FileSystems.getDefault().getPathMatcher("glob:" + pattern), !pattern.contains("/"));
      } catch (PatternSyntaxException e) {
        throw CommandFailure.usage(
            "the pattern " + pattern + " is malformed", "see `signet reseal --help`");
      }
    }

    boolean matches(Path below) {
      if (name) {
        return matcher.matches(below.getFileName());
      }
      // In Java's patterns **/ stands for one folder at least; for people it also stands for none.
      return matcher.matches(below) || matcher.matches(Path.of("_").resolve(below));
    }
  }

  /**
   * All files, by name.
   *
   * @param recursive whether folders are read with all below them
   */
  List<Found> find(Surroundings surroundings, boolean recursive) throws CommandFailure {
    Collection<Glob> wanted = globs(include.isEmpty() ? USUAL : include);
    Collection<Glob> unwanted = globs(exclude);
    TreeMap<Path, Found> found = new TreeMap<>();
    for (String place : places) {
      Path path = surroundings.path(place).normalize();
      try {
        if (!Files.isDirectory(path)) {
          add(surroundings, path.toRealPath(), path, found);
          continue;
        }
        Path root = path.toRealPath();
        Files.walkFileTree(
            root,
            Set.of(),
            recursive ? Integer.MAX_VALUE : 1,
            new SimpleFileVisitor<>() {
              @Override
              public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes a) {
                boolean out =
                    !folder.equals(root)
                        && (NEVER.contains(folder.getFileName().toString())
                            || matches(unwanted, root.relativize(folder)));
                return out ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
              }

              @Override
              public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                Path below = root.relativize(file);
                if (attributes.isRegularFile()
                    && matches(wanted, below)
                    && !matches(unwanted, below)) {
                  add(surroundings, file, path.resolve(below), found);
                }
                return FileVisitResult.CONTINUE;
              }
            });
      } catch (IOException e) {
        throw CommandFailure.of("cannot read " + place + ": " + InputOutput.reason(e));
      }
    }
    return List.copyOf(found.values());
  }

  private static void add(
      Surroundings surroundings, Path real, Path named, Map<Path, Found> found) {
    Path here = surroundings.workingDirectory().toAbsolutePath().normalize();
    Path absolute = named.toAbsolutePath().normalize();
    Path shown = absolute.startsWith(here) ? here.relativize(absolute) : absolute;
    found.putIfAbsent(real, new Found(real, shown.toString().replace('\\', '/')));
  }

  private static List<Glob> globs(List<String> patterns) throws CommandFailure {
    List<Glob> globs = new ArrayList<>();
    for (String pattern : patterns) {
      globs.add(Glob.of(pattern));
    }
    return globs;
  }

  private static boolean matches(Collection<Glob> globs, Path below) {
    return globs.stream().anyMatch(glob -> glob.matches(below));
  }

  /**
   * Whether a file that cannot be read is the template of a chart or of another tool: actions stand
   * where reading ended, or what only charts know is named.
   */
  static boolean isTemplate(byte[] content, MalformedDocumentException problem) {
    if (!mention(content, "{{")) {
      return false;
    }
    List<String> lines = new String(content, StandardCharsets.UTF_8).lines().toList();
    int last = Math.min(problem.line(), lines.size());
    return mention(content, ".Values.")
        || mention(content, ".Release.")
        || lines.subList(Math.max(0, last - 2), last).stream()
            .anyMatch(line -> line.contains("{{"));
  }

  /** Whether bytes may hold a SealedSecret: most files of a tree do not, and need no parser. */
  static boolean mention(byte[] content, String word) {
    int last = content.length - word.length();
    for (int i = 0; i <= last; i++) {
      int at = 0;
      while (at < word.length() && content[i + at] == word.charAt(at)) {
        at++;
      }
      if (at == word.length()) {
        return true;
      }
    }
    return false;
  }
}
