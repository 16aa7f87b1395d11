package dev.signet.yaml;

/** Lines in bytes; a carriage return before the line feed belongs to the line break. */
final class Lines {

  private Lines() {}

  /** Where the line of this place starts. */
  static int start(byte[] input, int at) {
    int i = at;
    while (i > 0 && input[i - 1] != '\n') {
      i--;
    }
    return i;
  }

  /** Where the text of the line ends, before its break. */
  static int end(byte[] input, int at, int limit) {
    int i = at;
    while (i < limit && input[i] != '\n') {
      i++;
    }
    return i < limit && i > at && input[i - 1] == '\r' ? i - 1 : i;
  }

  /** Where the next line starts, or the limit. */
  static int next(byte[] input, int at, int limit) {
    int i = at;
    while (i < limit && input[i] != '\n') {
      i++;
    }
    return Math.min(i + 1, limit);
  }

  static int skipSpaces(byte[] input, int at, int limit) {
    int i = at;
    while (i < limit && input[i] == ' ') {
      i++;
    }
    return i;
  }

  static boolean isBlank(byte[] input, int from, int to) {
    for (int i = from; i < to; i++) {
      if (input[i] != ' ' && input[i] != '\t' && input[i] != '\n' && input[i] != '\r') {
        return false;
      }
    }
    return true;
  }
}
