import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** What the archives and the container image have in common: the jars, the runtime, a name for exact content. */
final class Layout {

  private Layout() {}

  /** Path to content of everything in an installation but the runtime and the start-up caches. */
  static SortedMap<String, byte[]> of(Path root, List<Path> jars) throws IOException {
    SortedMap<String, byte[]> layout = program(root, jars);
    Path dist = root.resolve("cli/src/dist");
    for (String program : List.of("signet", "kubeseal", "controller", "sops")) {
      layout.put("bin/" + program, Files.readAllBytes(dist.resolve("bin/signet")));
      layout.put("bin/" + program + ".cmd", Files.readAllBytes(dist.resolve("bin/signet.cmd")));
    }
    layout.put("libexec/find-jdk", Files.readAllBytes(root.resolve(".mvn/find-jdk")));
    layout.put("libexec/train-aot", Files.readAllBytes(dist.resolve("libexec/train-aot")));
    for (Path file : files(dist.resolve("training"))) {
      layout.put("libexec/training/" + slashed(dist.resolve("training").relativize(file)), Files.readAllBytes(file));
    }
    layout.put("README.md", Files.readAllBytes(dist.resolve("README.md")));
    for (Path jar : jars) {
      if (Library.isIn(jar)) {
        layout.put("lib/native/" + Library.machine(jar) + "/" + Library.FILE, Library.of(jar));
      }
    }
    String names = names(Library.classPath(jars));
    layout.put("lib/classpath.id", (id(names, layout) + '\n' + names).getBytes(StandardCharsets.UTF_8));
    return layout;
  }

  /** The jars and the licences alone, without the native library. */
  static SortedMap<String, byte[]> program(Path root, List<Path> jars) throws IOException {
    SortedMap<String, byte[]> program = new TreeMap<>();
    program.put("LICENSE", Files.readAllBytes(root.resolve("LICENSE")));
    byte[] thirdParty = Files.readAllBytes(root.resolve("cli/src/dist/THIRD-PARTY.md"));
    program.put("THIRD-PARTY.md", thirdParty);
    Pattern licensed = licensed(new String(thirdParty, StandardCharsets.UTF_8));
    for (Path jar : Library.classPath(jars)) {
      String name = jar.getFileName().toString();
      if (!name.startsWith("signet-") && !licensed.matcher(name).matches()) {
        throw new IOException("cli/src/dist/THIRD-PARTY.md does not say under which licence " + name + " is");
      }
      byte[] content = Library.isIn(jar) ? Library.removedFrom(jar) : Files.readAllBytes(jar);
      if (program.put("lib/" + name, content) != null) {
        throw new IOException("two jars on the class path are named " + name);
      }
    }
    return program;
  }

  /** What the first column of the table names: jars in backquotes, with a star for their versions. */
  private static Pattern licensed(String table) {
    return Pattern.compile(table.lines()
        .filter(line -> line.startsWith("| `"))
        .flatMap(line -> Stream.of(line.substring(1, line.indexOf('|', 1)).split(",")))
        .map(name -> name.strip().replace("`", ""))
        .map(name -> Pattern.quote(name.replace("*", "")) + "[^/]*")
        .collect(Collectors.joining("|")));
  }

  private static String names(List<Path> jars) {
    StringBuilder names = new StringBuilder();
    jars.forEach(jar -> names.append(jar.getFileName()).append('\n'));
    return names.toString();
  }

  /** Names exact content: a hash over a first text, then over the path and content of every file. */
  static String id(String first, Map<String, byte[]> files) {
    MessageDigest hash = sha256();
    hash.update(first.getBytes(StandardCharsets.UTF_8));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      hash.update((file.getKey() + '\0' + file.getValue().length + '\0').getBytes(StandardCharsets.UTF_8));
      hash.update(file.getValue());
    }
    return HexFormat.of().formatHex(hash.digest(), 0, 12);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static void write(Map<String, byte[]> layout, Path home) throws IOException {
    for (Map.Entry<String, byte[]> file : layout.entrySet()) {
      Path path = home.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
      String name = file.getKey();
      if ((name.startsWith("bin/") && !name.endsWith(".cmd")) || name.equals("libexec/train-aot")) {
        path.toFile().setExecutable(true, false);
      }
    }
  }

  /**
   * What the jars ask for, and what is reached only by name: HTTPS to stores, PKCS#11. Not java.desktop, which drags in
   * X11: Jackson and SnakeYAML ask for its java.beans, find that it is not there, and do without. The native library is put
   * among the runtime's own, where the JVM finds it untold.
   */
  static void runtime(List<Path> jars, Path runtime) throws IOException {
    List<String> ask =
        new ArrayList<>(List.of("--multi-release", "25", "--ignore-missing-deps", "--print-module-deps"));
    Path plain = Files.createTempDirectory("jars");
    Set<String> modules;
    try {
      for (Path jar : Library.classPath(jars)) {
        ask.add(withoutDescriptor(jar, plain).toString());
      }
      modules = new TreeSet<>(List.of(run("jdeps", ask).lines().toList().getLast().split(",")));
    } finally {
      delete(plain);
    }
    modules.addAll(List.of("java.net.http", "jdk.crypto.cryptoki"));
    modules.remove("java.desktop");
    System.out.println("runtime modules: " + modules);
    run("jlink", List.of(
        "--add-modules", String.join(",", modules), "--strip-java-debug-attributes", "--no-man-pages", "--no-header-files",
        "--output", runtime.toString()));
    onlyOwnProviders(runtime);
    for (Path jar : jars) {
      if (Library.isIn(jar) && Library.machine(jar).equals(Library.thisMachine())) {
        Files.write(runtime.resolve("lib").resolve(Library.FILE), Library.of(jar));
      }
    }
  }

  /**
   * The jar as it is on a class path, where descriptors of modules mean nothing: jdeps would insist on every module that they
   * require, such as those of jars that are left out.
   */
  private static Path withoutDescriptor(Path jar, Path folder) throws IOException {
    Path copy = folder.resolve(jar.getFileName());
    boolean described = false;
    try (ZipFile in = new ZipFile(jar.toFile());
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(copy))) {
      for (ZipEntry entry : Collections.list(in.entries())) {
        String name = entry.getName();
        described |= name.endsWith("module-info.class");
        if (name.equals("META-INF/MANIFEST.MF") || (name.endsWith(".class") && !name.endsWith("module-info.class"))) {
          out.putNextEntry(new ZipEntry(name));
          in.getInputStream(entry).transferTo(out);
          out.closeEntry();
        }
      }
    }
    return described ? copy : jar;
  }

  /**
   * The JDK's list of security providers names some whose modules are not in the runtime. Whoever asks for an algorithm that
   * none has, as TLS does when it starts, makes the JVM look for these on the class path: that would load Bouncy Castle's
   * 600 classes, which takes a second and 30 MB, in every process.
   */
  private static void onlyOwnProviders(Path runtime) throws IOException {
    Set<String> modules = Stream.of(Files.readAllLines(runtime.resolve("release")).stream()
        .filter(line -> line.startsWith("MODULES=")).findFirst().orElseThrow()
        .substring("MODULES=".length()).replace("\"", "").split(" ")).collect(Collectors.toSet());
    Set<String> missing = Stream.of(Security.getProviders())
        .filter(provider -> !modules.contains(String.valueOf(provider.getClass().getModule().getName())))
        .map(Provider::getName).collect(Collectors.toSet());
    Path file = runtime.resolve("conf/security/java.security");
    List<String> lines = new ArrayList<>();
    int kept = 0;
    for (String line : Files.readAllLines(file)) {
      if (!line.startsWith("security.provider.")) {
        lines.add(line);
      } else if (!missing.contains(line.substring(line.indexOf('=') + 1).strip())) {
        lines.add("security.provider." + ++kept + line.substring(line.indexOf('=')));
      }
    }
    if (kept == 0) {
      throw new IOException(file + " names no security provider as expected");
    }
    Files.write(file, lines);
  }

  static String run(String tool, List<String> args) throws IOException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    PrintWriter writer = new PrintWriter(output, true, StandardCharsets.UTF_8);
    int code = ToolProvider.findFirst(tool).orElseThrow().run(writer, writer, args.toArray(String[]::new));
    String text = output.toString(StandardCharsets.UTF_8);
    if (code != 0) {
      throw new IOException(tool + " failed: " + text);
    }
    return text;
  }

  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile).sorted().toList();
    }
  }

  static String slashed(Path relative) {
    return relative.toString().replace('\\', '/');
  }

  static void delete(Path folder) throws IOException {
    Files.walkFileTree(folder, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        Files.delete(file);
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
        Files.delete(directory);
        return FileVisitResult.CONTINUE;
      }
    });
  }
}
