package dev.signet.cli;

import dev.signet.core.Item;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.directory.Project;
import dev.signet.delivery.directory.State;
import dev.signet.delivery.directory.StateException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
    description = {
      "Starts a command with delivered Secrets: each key as an environment variable of its name, or as",
      "a file in memory. Nothing is written to a disk. Ends with the command's exit code."
    },
    footer = {
      "",
      "Examples:",
      "  signet run --secret production/db-credentials -- ./app --port 8080",
      "  signet run --secret production/db-credentials --prefix DB_ -- env",
      "  signet run --secret production/tls --files -- sh -c 'ls $SIGNET_SECRETS'",
      "",
      "With --files, SIGNET_SECRETS names a folder in memory (tmpfs) with one file for each key, readable",
      "by you only; it is removed when the command ends. Without a tmpfs, --files is refused."
    })
final class RunCommand implements Command {

  @Mixin Options options = new Options();

  @Mixin Options.State state = new Options.State();

  @Option(
      names = "--secret",
      paramLabel = "[NAMESPACE/]NAME",
      required = true,
      description = "A delivered Secret; repeatable.")
  List<String> secrets = new ArrayList<>();

  @Option(names = "--files", description = "Give files in memory instead of environment variables.")
  boolean files;

  @Option(
      names = "--prefix",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Stands before the name of every variable.")
  String prefix = "";

  @Parameters(
      paramLabel = "COMMAND",
      arity = "1..*",
      description = "The command and its arguments, after --.")
  List<String> command = new ArrayList<>();

  @Override
  public int run(Surroundings surroundings) throws CommandFailure, IOException {
    Project project = Projects.of(surroundings, state);
    Map<String, Item> items = new LinkedHashMap<>();
    List<Secret> opened = new ArrayList<>();
    try (State read = project.read()) {
      Directory directory = Projects.remembered(surroundings, read);
      for (String name : secrets) {
        Ref ref = GetCommand.secretRef(name);
        Secret secret = GetCommand.secret(directory, ref, project);
        opened.add(secret);
        for (Map.Entry<String, Item> entry : secret.data().items().entrySet()) {
          if (items.put(entry.getKey(), entry.getValue()) != null) {
            throw CommandFailure.of(
                "key " + entry.getKey() + " is in more than one of the Secrets",
                "run the command with one of them, or nest two `signet run` with different --prefix");
          }
        }
      }
      return start(surroundings, items);
    } catch (StateException e) {
      throw CommandFailure.because(e);
    } finally {
      opened.forEach(Secret::close);
    }
  }

  private int start(Surroundings surroundings, Map<String, Item> items)
      throws CommandFailure, IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(surroundings.workingDirectory().toFile());
    builder.inheritIO();
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.putAll(surroundings.environment());
    // The command must not be handed what opens the state.
    environment.remove("SIGNET_PASSPHRASE_FILE");
    environment.remove("SIGNET_COMMAND");
    if (!files) {
      for (Map.Entry<String, Item> entry : items.entrySet()) {
        environment.put(prefix + entry.getKey(), text(entry.getKey(), entry.getValue()));
      }
      return await(builder, Optional.empty());
    }
    MemoryFiles folder = MemoryFiles.create(surroundings);
    try {
      for (Map.Entry<String, Item> entry : items.entrySet()) {
        folder.write(entry.getKey(), entry.getValue().value());
      }
      environment.put("SIGNET_SECRETS", folder.path().toString());
      return await(builder, Optional.of(folder));
    } finally {
      folder.close();
    }
  }

  private static String text(String key, Item item) throws CommandFailure {
    Charset system = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
    Optional<String> text =
        item.value()
            .with(
                bytes -> {
                  try {
                    return Optional.of(
                        StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString());
                  } catch (CharacterCodingException e) {
                    return Optional.empty();
                  }
                });
    if (text.isEmpty() || text.get().indexOf('\0') >= 0) {
      throw CommandFailure.of(
          "key " + key + " is not text, so it cannot be an environment variable", "use --files");
    }
    if (!system.newEncoder().canEncode(text.get())) {
      throw CommandFailure.of(
          "key " + key + " has characters that the locale (" + system + ") cannot say",
          "set LC_ALL=C.UTF-8, or use --files");
    }
    return text.get();
  }

  private int await(ProcessBuilder builder, Optional<MemoryFiles> folder) throws CommandFailure {
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      // The system's ENOENT, which Java has in its message only.
      boolean missing = String.valueOf(e.getMessage()).contains("error: 2 ");
      throw CommandFailure.withCode(
          missing ? ExitCode.NOT_FOUND : ExitCode.NOT_EXECUTABLE,
          "cannot start "
              + command.getFirst()
              + (missing ? ": no such command" : ": it is not executable"));
    }
    // Ended by a signal, Signet passes it on, waits, and still removes the files.
    Thread onExit =
        new Thread(
            () -> {
              process.destroy();
              try {
                process.waitFor();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              folder.ifPresent(MemoryFiles::close);
            });
    Runtime.getRuntime().addShutdownHook(onExit);
    try {
      int code = process.waitFor();
      Runtime.getRuntime().removeShutdownHook(onExit);
      return code;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.of("interrupted while " + command.getFirst() + " was running");
    }
  }
}
