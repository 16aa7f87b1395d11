package dev.signet.testkit;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * What a test needs and a machine may lack. A test that asks for it in vain is skipped with the
 * line that would enable it, which {@link SkipReport} repeats and counts when the run ends. Where
 * {@code -Dsignet.skips=fail} is given, it fails instead.
 */
public final class Needs {

  private static final Needs OF_THIS_MACHINE =
      new Needs(System.getenv(), System.getProperty("signet.skips", "allow").equals("fail"));

  private final Map<String, String> environment;
  private final boolean mustHave;

  Needs(Map<String, String> environment, boolean mustHave) {
    this.environment = environment;
    this.mustHave = mustHave;
  }

  /**
   * The executable of that name on the PATH.
   *
   * @param howTo what to do to have it, such as "install kubectl and put it on PATH"
   */
  public static Path command(String name, String howTo) {
    return OF_THIS_MACHINE.commandOnPath(name, howTo);
  }

  /** The value of an environment variable that is set and not empty. */
  public static String variable(String name, String howTo) {
    return OF_THIS_MACHINE.setVariable(name, howTo);
  }

  /** Goes on when {@code there} is true. */
  public static void that(boolean there, String what, String howTo) {
    OF_THIS_MACHINE.present(there, what, howTo);
  }

  Path commandOnPath(String name, String howTo) {
    return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst()
        .orElseThrow(() -> missing("the command " + name, howTo));
  }

  String setVariable(String name, String howTo) {
    return Optional.ofNullable(environment.get(name))
        .filter(value -> !value.isEmpty())
        .orElseThrow(() -> missing("the environment variable " + name, howTo));
  }

  void present(boolean there, String what, String howTo) {
    if (!there) {
      throw missing(what, howTo);
    }
  }

  private RuntimeException missing(String what, String howTo) {
    String message = "needs " + what + ": " + howTo;
    if (mustHave) {
      throw new AssertionFailedError(message + " (skips are failures here: signet.skips=fail)");
    }
    return new TestAbortedException(message);
  }
}
