package dev.signet.cli;

/** The program {@code kubeseal}. */
final class Kubeseal {

  private Kubeseal() {}

  static int run(String[] args, Surroundings surroundings) {
    surroundings.out().println("kubeseal version: " + Version.text());
    return args.length;
  }
}
