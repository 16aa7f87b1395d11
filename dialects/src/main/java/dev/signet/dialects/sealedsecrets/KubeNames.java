package dev.signet.dialects.sealedsecrets;

/** The shapes of names that an API server accepts (apimachinery 0.37, util/validation). */
final class KubeNames {

  private static final int LABEL = 63;
  private static final int SUBDOMAIN = 253;
  private static final int KEY = 253;

  private KubeNames() {}

  /** RFC 1123: {@code [a-z0-9]([-a-z0-9]*[a-z0-9])?}, at most 63 characters. */
  static boolean isLabel(String text) {
    return text.length() <= LABEL && isLabelOfAnyLength(text);
  }

  /** Such labels with dots between them, at most 253 characters together. */
  static boolean isSubdomain(String text) {
    if (text.length() > SUBDOMAIN) {
      return false;
    }
    for (String label : text.split("\\.", -1)) {
      if (!isLabelOfAnyLength(label)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLabelOfAnyLength(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean inner = i > 0 && i < text.length() - 1;
      if (!isLower(c) && !(c == '-' && inner)) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static boolean isLower(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  /** A key of a Secret: {@code [-._a-zA-Z0-9]+}, not {@code .}, not starting with two dots. */
  static boolean isSecretKey(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isLower(c) && !(c >= 'A' && c <= 'Z') && c != '-' && c != '_' && c != '.') {
        return false;
      }
    }
    return !text.isEmpty() && text.length() <= KEY && !text.equals(".") && !text.startsWith("..");
  }
}
