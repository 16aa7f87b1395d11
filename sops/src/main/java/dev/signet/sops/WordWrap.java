package dev.signet.sops;

/** Breaks text into lines between words; a word that is too long has a line to itself. */
public final class WordWrap {

  private WordWrap() {}

  public static String at(int columns, String text) {
    StringBuilder wrapped = new StringBuilder(text.length() + 16);
    int column = 0;
    String separator = "";
    for (String line : text.split("\n", -1)) {
      wrapped.append(separator);
      separator = "\n";
      column = 0;
      for (String word : line.split(" ", -1)) {
        if (column > 0 && column + 1 + word.length() > columns) {
          wrapped.append('\n').append(word);
          column = word.length();
        } else {
          wrapped.append(column == 0 ? "" : " ").append(word);
          column += (column == 0 ? 0 : 1) + word.length();
        }
      }
    }
    return wrapped.toString();
  }
}
