package dev.signet.cli;

/** Numbers with what they count. */
final class Count {

  private Count() {}

  static String of(long number, String what) {
    return number == 1 ? "1 " + what : number + " " + what + "s";
  }
}
