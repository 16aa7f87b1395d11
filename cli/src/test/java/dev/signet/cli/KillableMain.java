package dev.signet.cli;

import java.util.Arrays;

/**
 * The program, but the process ends at once when the fault point named by the first argument is
 * reached.
 */
final class KillableMain {

  static final int KILLED = 137;

  private KillableMain() {}

  public static void main(String[] args) {
    Surroundings surroundings =
        Main.real(
            name -> {
              if (name.equals(args[0])) {
                Runtime.getRuntime().halt(KILLED);
              }
            });
    int code = Main.run("signet", Arrays.copyOfRange(args, 1, args.length), surroundings);
    surroundings.out().flush();
    surroundings.err().flush();
    System.exit(code);
  }
}
