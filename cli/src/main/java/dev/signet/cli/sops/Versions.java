package dev.signet.cli.sops;

/** Versions of the program, such as 3.13.3. */
final class Versions {

  private Versions() {}

  static void check(String version) throws SopsFailure {
    if (version.isEmpty()) {
      throw SopsFailure.of("Version string empty");
    }
    parts(version);
  }

  static boolean isNewer(String version, String than) throws SopsFailure {
    int[] one = parts(version);
    int[] other = parts(than);
    for (int i = 0; i < one.length; i++) {
      if (one[i] != other[i]) {
        return one[i] > other[i];
      }
    }
    return false;
  }

  private static int[] parts(String version) throws SopsFailure {
    int end = 0;
    while (end < version.length() && "0123456789.".indexOf(version.charAt(end)) >= 0) {
      end++;
    }
    String[] texts = version.substring(0, end).split("\\.", -1);
    int[] parts = new int[3];
    if (texts.length != parts.length) {
      throw SopsFailure.of("No Major.Minor.Patch elements found in the version of the file");
    }
    for (int i = 0; i < parts.length; i++) {
      try {
        parts[i] = Integer.parseInt(texts[i]);
      } catch (NumberFormatException e) {
        throw SopsFailure.of("Invalid character(s) found in the version of the file");
      }
    }
    return parts;
  }
}
