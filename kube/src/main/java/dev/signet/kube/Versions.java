package dev.signet.kube;

/**
 * Compares resourceVersions. They are opaque by contract and numbers by practice (KEP-5504 makes
 * that the contract), so: as numbers where both are, and otherwise only as the same or not.
 */
final class Versions {

  private Versions() {}

  /** Whether {@code version} is surely older than {@code than}. */
  static boolean older(String version, String than) {
    return isNumber(version)
        && isNumber(than)
        && (version.length() != than.length()
            ? version.length() < than.length()
            : version.compareTo(than) < 0);
  }

  static boolean comparable(String a, String b) {
    return isNumber(a) && isNumber(b);
  }

  private static boolean isNumber(String version) {
    if (version.isEmpty() || (version.length() > 1 && version.charAt(0) == '0')) {
      return false;
    }
    for (int i = 0; i < version.length(); i++) {
      if (version.charAt(i) < '0' || version.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}
