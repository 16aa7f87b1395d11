package dev.signet.cli.sops;

import dev.signet.core.SecretBytes;
import dev.signet.core.age.Plugins;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.CharBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Talks to whoever sits at the terminal, also for plugins of age, which are started here. */
final class Terminal implements Plugins {

  private final SopsWorld world;

  Terminal(SopsWorld world) {
    this.world = world;
  }

  @SuppressWarnings(
      "SystemConsoleNull") // without a terminal the JDK's own console is null, in 25 too
  private static Optional<Console> console() {
    Console console = System.console();
    return console != null && console.isTerminal() ? Optional.of(console) : Optional.empty();
  }

  /** What is typed there, unseen. */
  SecretBytes secret(String prompt) throws IOException {
    return console()
        .map(console -> console.readPassword("%s ", prompt))
        .map(Terminal::taken)
        .orElseThrow(() -> new IOException("there is no terminal to ask for a passphrase on"));
  }

  private static SecretBytes taken(char[] typed) {
    SecretBytes text = SecretBytes.ofText(CharBuffer.wrap(typed));
    Arrays.fill(typed, '\0');
    return text;
  }

  @Override
  public Connection start(String name, String protocol) throws IOException {
    String program = "age-plugin-" + name;
    ProcessBuilder builder =
        new ProcessBuilder(find(program).toString(), "--age-plugin=" + protocol);
    // Plugins are not to rely on where they are started.
    builder.directory(Path.of(System.getProperty("java.io.tmpdir", ".")).toFile());
    builder.environment().clear();
    builder.environment().putAll(world.environment());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    return new Connection() {
      @Override
      public InputStream in() {
        return process.getInputStream();
      }

      @Override
      public OutputStream out() {
        return process.getOutputStream();
      }

      @Override
      public void close() throws IOException {
        process.getOutputStream().close();
        process.destroy();
      }
    };
  }

  private Path find(String program) throws IOException {
    for (String folder : world.variable("PATH").orElse("").split(":", -1)) {
      // An empty entry would be the current folder, whose content others may choose.
      if (!folder.isEmpty() && Path.of(folder).isAbsolute()) {
        Path file = Path.of(folder, program);
        if (Files.isExecutable(file) && Files.isRegularFile(file)) {
          return file;
        }
      }
    }
    throw new IOException(program + " is not in any folder of PATH");
  }

  @Override
  public void show(String name, String message) {
    world.err().print(name + " plugin: " + message + "\n");
    world.err().flush();
  }

  @Override
  public Optional<SecretBytes> ask(String name, String prompt, boolean secret) {
    Optional<Console> console = console();
    Optional<char[]> typed =
        secret
            ? console.map(asked -> asked.readPassword("%s ", prompt))
            : console.map(asked -> asked.readLine("%s ", prompt)).map(String::toCharArray);
    return typed.map(Terminal::taken);
  }

  @Override
  public Optional<Boolean> confirm(String name, String prompt, String yes, Optional<String> no) {
    String choices =
        no.map(other -> " ([1] " + yes + ", [2] " + other + ")").orElse(" (enter: " + yes + ")");
    List<String> first = no.isPresent() ? List.of("1") : List.of("", "1");
    return console()
        .map(console -> console.readLine("%s%s ", prompt, choices))
        .filter(typed -> first.contains(typed.strip()) || typed.strip().equals("2"))
        .map(typed -> first.contains(typed.strip()));
  }
}
