import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

static final int LOOK_AGAIN = 75;

/**
 * Builds the program for ./signet and shows how far it is. Arguments: the repository root, `bar` or `lines`, why.
 *
 * The file cli/target/image/current names the image in use (a folder beside it) and carries the time at which its
 * build began, so a source saved during a build counts as newer. It is replaced by a rename after everything
 * else is in place. An operating-system lock, which dies with its holder, lets one build at a time in; who
 * waited for it ends with status 75 and looks again at what there is. The image before the current one stays for programs that still run.
 */
void main(String[] args) throws Exception {
  Path root = Path.of(args[0]);
  boolean bar = args[1].equals("bar");
  Path images = Files.createDirectories(root.resolve("cli/target/image"));
  try (FileChannel file = FileChannel.open(
      images.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
    if (file.tryLock() == null) {
      System.err.println("signet: waiting for another build of it");
      file.lock();
      System.exit(LOOK_AGAIN);
    }
    System.err.println("signet: building: " + args[2]);
    removeLeftovers(images);
    FileTime begun = FileTime.fromMillis(System.currentTimeMillis());
    Path log = root.resolve("cli/target/build.log");
    int code = maven(root, log, new Progress(System.err, bar));
    if (code != 0) {
      fail(log);
    }
    publish(images, begun);
  }
}

int maven(Path root, Path log, Progress progress) throws Exception {
  ProcessBuilder maven = new ProcessBuilder(
      "sh", root.resolve("mvnw").toString(), "-B", "-Dstyle.color=never", "-Pdist", "-Ddist.what=image",
      "-Dmaven.test.skip", "-Djacoco.skip", "-Dspotless.check.skip", "-pl", "cli", "-am", "package");
  maven.directory(root.toFile()).redirectErrorStream(true).redirectInput(ProcessBuilder.Redirect.from(nothing()));
  Process process = maven.start();
  Thread stop = new Thread(() -> {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
  });
  Runtime.getRuntime().addShutdownHook(stop);
  BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  Thread.startVirtualThread(() -> read(process, lines));
  try (PrintStream copy = new PrintStream(Files.newOutputStream(log), true)) {
    while (process.isAlive() || !lines.isEmpty()) {
      String line = lines.poll(300, TimeUnit.MILLISECONDS);
      if (line == null) {
        progress.tick();
      } else {
        copy.println(line);
        progress.line(line);
      }
    }
    int code = process.waitFor();
    progress.end(code == 0);
    Runtime.getRuntime().removeShutdownHook(stop);
    return code;
  }
}

File nothing() {
  return new File(System.getProperty("os.name").startsWith("Windows") ? "NUL" : "/dev/null");
}

void read(Process process, BlockingQueue<String> lines) {
  try (BufferedReader output = process.inputReader()) {
    output.lines().forEach(lines::add);
  } catch (IOException | UncheckedIOException closed) {
    lines.add("signet: the output of the build ended early: " + closed);
  }
}

/** Follows Maven's own lines: which module of how many, and how many files it has fetched. */
static final class Progress {

  private static final Pattern MODULE = Pattern.compile("\\[INFO\\] Building (.+?) \\S+ +\\[(\\d+)/(\\d+)\\]");

  private final PrintStream out;
  private final boolean bar;
  private final long began = System.nanoTime();
  private String module = "starting";
  private int number;
  private int count;
  private int fetched;
  private long moduleBegan = began;

  Progress(PrintStream out, boolean bar) {
    this.out = out;
    this.bar = bar;
  }

  void line(String line) {
    if (line.contains("Downloaded from ")) {
      fetched++;
    }
    Matcher building = MODULE.matcher(line);
    if (building.find()) {
      finishModule();
      module = building.group(1);
      number = Integer.parseInt(building.group(2));
      count = Integer.parseInt(building.group(3));
      moduleBegan = System.nanoTime();
      tick();
    }
  }

  void tick() {
    if (bar) {
      int width = 24;
      int full = count == 0 ? 0 : width * (number - 1) / count;
      out.printf(Locale.ROOT, "\r\033[K[%s%s] %s%s  %d s", "#".repeat(full), ".".repeat(width - full),
          module, fetched == 0 ? "" : ", " + fetched + " files fetched", seconds(began));
      out.flush();
    }
  }

  void end(boolean well) {
    if (bar) {
      out.print("\r\033[K");
    } else if (well) {
      finishModule();
    }
    out.println("signet: " + (well ? "built in " : "build failed after ") + seconds(began) + " s");
  }

  private void finishModule() {
    if (!bar && number > 0) {
      out.printf(Locale.ROOT, "signet: [%d/%d] %-24s %3d s%n", number, count, module, seconds(moduleBegan));
    }
  }

  private static long seconds(long since) {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - since);
  }
}

/** Shows Maven's error lines up to its advice on itself; where it had none, the end of the log. */
void fail(Path log) throws IOException {
  List<String> lines = Files.readAllLines(log);
  List<String> errors = lines.stream()
      .takeWhile(line -> !line.startsWith("[ERROR] To see the full stack trace"))
      .filter(line -> line.startsWith("[ERROR] "))
      .toList();
  List<String> shown = errors.isEmpty() ? lines : errors;
  shown.subList(Math.max(0, shown.size() - 30), shown.size()).forEach(System.err::println);
  System.err.println("error: the build failed; the whole log is in " + log);
  System.exit(1);
}

void publish(Path images, FileTime begun) throws IOException {
  Path built = images.resolve("built");
  Path current = images.resolve("current");
  String before = Files.exists(current) ? Files.readString(current).strip() : "";
  String now = Files.readString(built).strip();
  Files.setLastModifiedTime(built, begun);
  Files.move(built, current, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  try (Stream<Path> all = Files.list(images)) {
    for (Path image : all.filter(Files::isDirectory).toList()) {
      String name = image.getFileName().toString();
      if (!name.equals(now) && !name.equals(before)) {
        delete(image);
      }
    }
  }
}

void removeLeftovers(Path images) throws IOException {
  try (Stream<Path> all = Files.list(images)) {
    for (Path path : all.filter(p -> p.getFileName().toString().startsWith(".staging-")).toList()) {
      delete(path);
    }
  }
}

void delete(Path folder) throws IOException {
  try (Stream<Path> walk = Files.walk(folder)) {
    for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
      Files.deleteIfExists(path);
    }
  }
}
