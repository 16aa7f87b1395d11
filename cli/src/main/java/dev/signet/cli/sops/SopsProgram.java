package dev.signet.cli.sops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The program {@code sops}: upstream's commands, flags, exit codes and messages, as of 3.13.3. A
 * value is never part of a message, which upstream does not care for. Files are replaced in one
 * step; nothing is written when something fails.
 */
public final class SopsProgram {

  private SopsProgram() {}

  /** The commands. */
  private enum Command {
    ENCRYPT("encrypt a file, or standard input"),
    DECRYPT("decrypt a file, or standard input"),
    EDIT("edit an encrypted file"),
    SET("put a value into an encrypted file"),
    UNSET("remove a value from an encrypted file"),
    ROTATE("encrypt a file with a new data key"),
    UPDATEKEYS("make the keys of files those of the configuration"),
    FILESTATUS("say whether a file is encrypted"),
    EXEC_ENV("run a command with decrypted values as variables"),
    EXEC_FILE("run a command with the decrypted file"),
    GROUPS_ADD("add a key group to a file"),
    GROUPS_DELETE("take a key group out of a file"),
    PUBLISH("put files where the configuration says"),
    KEYSERVICE("lend the keys of this machine to other processes"),
    COMPLETION_BASH("print completion for bash"),
    COMPLETION_ZSH("print completion for zsh");

    /** Commands whose second word is part of their name. */
    private static final Set<String> TWO_WORDS = Set.of("groups", "completion");

    private final String help;

    Command(String help) {
      this.help = help;
    }

    String text() {
      String text = name().toLowerCase(Locale.ROOT).replace('_', '-');
      int first = text.indexOf('-');
      return first > 0 && TWO_WORDS.contains(text.substring(0, first))
          ? text.replaceFirst("-", " ")
          : text;
    }

    List<String> words() {
      return List.of(text().split(" "));
    }

    List<Flag> flags() {
      List<Flag> flags = new ArrayList<>();
      switch (this) {
        case ENCRYPT -> {
          flags.addAll(List.of(Flag.IN_PLACE, Flag.OUTPUT, Flag.INPUT_TYPE, Flag.OUTPUT_TYPE));
          flags.addAll(List.of(Flag.THRESHOLD, Flag.FILENAME_OVERRIDE));
          flags.addAll(Flag.KEYS);
          flags.addAll(Flag.SELECTORS);
        }
        case DECRYPT ->
            flags.addAll(
                List.of(
                    Flag.IN_PLACE,
                    Flag.OUTPUT,
                    Flag.INPUT_TYPE,
                    Flag.OUTPUT_TYPE,
                    Flag.EXTRACT,
                    Flag.IGNORE_MAC,
                    Flag.FILENAME_OVERRIDE,
                    Flag.ORDER));
        case EDIT -> {
          flags.addAll(List.of(Flag.INPUT_TYPE, Flag.OUTPUT_TYPE, Flag.SHOW_MASTER_KEYS));
          flags.addAll(List.of(Flag.IGNORE_MAC, Flag.ORDER, Flag.THRESHOLD));
          flags.addAll(Flag.KEYS);
          flags.addAll(Flag.SELECTORS);
        }
        case SET, UNSET -> {
          flags.addAll(List.of(Flag.INPUT_TYPE, Flag.OUTPUT_TYPE, Flag.THRESHOLD));
          flags.addAll(List.of(Flag.IGNORE_MAC, Flag.ORDER, Flag.IDEMPOTENT));
          if (this == SET) {
            flags.addAll(List.of(Flag.VALUE_FILE, Flag.VALUE_STDIN));
          }
        }
        case ROTATE -> {
          flags.addAll(List.of(Flag.IN_PLACE, Flag.OUTPUT, Flag.INPUT_TYPE, Flag.OUTPUT_TYPE));
          flags.addAll(List.of(Flag.FILENAME_OVERRIDE, Flag.ORDER));
          flags.add(Flag.text("encryption-context", "", "pairs name:value for AWS KMS"));
          flags.addAll(Flag.CHANGES);
        }
        case UPDATEKEYS -> flags.addAll(List.of(Flag.YES, Flag.INPUT_TYPE));
        case FILESTATUS -> flags.add(Flag.INPUT_TYPE);
        case EXEC_ENV -> {
          flags.addAll(List.of(Flag.PRISTINE, Flag.ORDER, Flag.USER));
          flags.addAll(List.of(Flag.BACKGROUND, Flag.SAME_PROCESS));
        }
        case EXEC_FILE -> {
          flags.addAll(List.of(Flag.NO_FIFO, Flag.INPUT_TYPE, Flag.OUTPUT_TYPE));
          flags.addAll(List.of(Flag.FILENAME, Flag.ORDER, Flag.USER));
        }
        case GROUPS_ADD, GROUPS_DELETE -> {
          flags.addAll(List.of(Flag.GROUP_FILE, Flag.IN_PLACE, Flag.THRESHOLD, Flag.ORDER));
          if (this == GROUPS_ADD) {
            flags.addAll(Flag.GROUP_KEYS);
          }
        }
        case PUBLISH -> {
          flags.addAll(List.of(Flag.YES, Flag.OMIT_EXTENSIONS, Flag.RECURSIVE));
          flags.addAll(List.of(Flag.VERBOSE, Flag.ORDER));
        }
        case KEYSERVICE ->
            flags.addAll(List.of(Flag.NETWORK, Flag.ADDRESS, Flag.PROMPT, Flag.VERBOSE));
        case COMPLETION_BASH, COMPLETION_ZSH -> {}
      }
      if (this != KEYSERVICE) {
        flags.addAll(Flag.KEY_SERVICES);
      }
      flags.add(Flag.onOff("help,h", "show help"));
      return flags;
    }

    int run(Session session) throws SopsFailure {
      return switch (this) {
        case ENCRYPT -> FileCommands.encrypt(session);
        case DECRYPT -> FileCommands.decrypt(session);
        case EDIT -> Editing.edit(session);
        case SET -> ValueCommands.set(session);
        case UNSET -> ValueCommands.unset(session);
        case ROTATE -> FileCommands.rotate(session);
        case UPDATEKEYS -> UpdateKeys.run(session);
        case FILESTATUS -> FileCommands.status(session);
        case EXEC_ENV -> Execution.withVariables(session);
        case EXEC_FILE -> Execution.withFile(session);
        case GROUPS_ADD -> Groups.add(session);
        case GROUPS_DELETE -> Groups.delete(session);
        case PUBLISH -> Publish.run(session);
        case KEYSERVICE -> KeyServices.serve(session);
        case COMPLETION_BASH -> completion(session, /* zsh= */ false);
        case COMPLETION_ZSH -> completion(session, /* zsh= */ true);
      };
    }
  }

  private static int completion(Session session, boolean zsh) {
    SequencedMap<String, List<String>> flags = new LinkedHashMap<>();
    for (Command command : Command.values()) {
      flags.put(command.text(), command.flags().stream().map(flag -> "--" + flag.name()).toList());
    }
    session.world().out().print(Completion.script(flags, zsh));
    return 0;
  }

  /** Runs the program and returns its exit code. */
  public static int run(String[] arguments, SopsWorld world) {
    int code;
    try {
      code = run(List.of(arguments), world);
    } catch (SopsFailure e) {
      world.err().print(e.getMessage() + "\n");
      code = e.exitCode();
    }
    if (world.out().checkError() && code == 0) {
      world.err().print("cannot write to standard output: is the disk full, or the reader gone?\n");
      code = SopsFailure.OUTPUT;
    }
    world.err().flush();
    return code;
  }

  private static int run(List<String> arguments, SopsWorld world) throws SopsFailure {
    Arguments global = Arguments.parse(arguments, Flag.GLOBAL, world);
    if (global.is("version")) {
      world.out().print("sops " + Session.VERSION + " (Signet)\n");
      return 0;
    }
    List<String> rest = global.rest();
    if (global.is("help") || (!rest.isEmpty() && rest.getFirst().equals("help"))) {
      world.out().print(help());
      return 0;
    }
    for (Command command : Command.values()) {
      List<String> words = command.words();
      if (rest.size() >= words.size() && rest.subList(0, words.size()).equals(words)) {
        Arguments local =
            Arguments.parse(rest.subList(words.size(), rest.size()), command.flags(), world);
        if (local.is("help")) {
          world.out().print(help(command));
          return 0;
        }
        Session session = new Session(world, global, local);
        return command.run(session);
      }
    }
    if (!rest.isEmpty()) {
      refuse(rest.getFirst());
    }
    Session session = new Session(world, global, global);
    return flagsOnly(session);
  }

  /** Words that would otherwise be taken for the names of files. */
  private static void refuse(String word) throws SopsFailure {
    if (Command.TWO_WORDS.contains(word)) {
      String known =
          Arrays.stream(Command.values())
              .map(Command::text)
              .filter(text -> text.startsWith(word + " "))
              .collect(Collectors.joining(", "));
      throw SopsFailure.of("which one: " + known + "?");
    }
  }

  /** The old style: flags say what is to be done. */
  private static int flagsOnly(Session session) throws SopsFailure {
    Arguments flags = session.global();
    List<Command> asked = new ArrayList<>();
    if (flags.is("encrypt")) {
      asked.add(Command.ENCRYPT);
    }
    if (flags.is("decrypt")) {
      asked.add(Command.DECRYPT);
    }
    if (flags.is("rotate")) {
      asked.add(Command.ROTATE);
    }
    if (!flags.text("set").isEmpty()) {
      asked.add(Command.SET);
    }
    if (flags.rest().isEmpty()) {
      throw new SopsFailure(SopsFailure.NO_FILE, "Error: no file specified");
    }
    if (asked.size() > 1) {
      throw new SopsFailure(
          SopsFailure.CONFLICT,
          "Error: only one of --encrypt, --decrypt, --rotate and --set can be used");
    }
    if (asked.isEmpty()) {
      return Command.EDIT.run(session);
    }
    return asked.getFirst() == Command.SET
        ? ValueCommands.setByFlag(session)
        : asked.getFirst().run(session);
  }

  private static String help() {
    StringBuilder text =
        new StringBuilder(
            """
            sops - encrypts the values of YAML, JSON, ENV, INI and binary files

            usage: sops [flags] <command> [flags] file
                   sops [flags] file

            commands:
            """);
    for (Command command : Command.values()) {
      text.append("  %-15s %s%n".formatted(command.text(), command.help));
    }
    return text.append("\nflags:\n").append(help(Flag.GLOBAL)).toString();
  }

  private static String help(Command command) {
    return "usage: sops " + command.text() + " [flags] file\n\n" + help(command.flags());
  }

  private static String help(List<Flag> flags) {
    StringBuilder text = new StringBuilder();
    for (Flag flag : flags) {
      StringBuilder names = new StringBuilder();
      for (String name : flag.names()) {
        names.append(names.isEmpty() ? "" : ", ").append(name.length() == 1 ? "-" : "--");
        names.append(name);
      }
      names.append(flag.isSwitch() ? "" : " value");
      String variable = flag.variable().isEmpty() ? "" : " [$" + flag.variable() + "]";
      text.append("  %-42s %s%s%n".formatted(names, flag.help(), variable));
    }
    return text.toString();
  }
}
