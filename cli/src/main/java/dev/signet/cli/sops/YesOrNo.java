package dev.signet.cli.sops;

import java.io.IOException;

/** Asks who sits there, again and again until the answer is one of the two. */
final class YesOrNo {

  private YesOrNo() {}

  static boolean answer(SopsWorld world, String question) throws SopsFailure {
    try {
      while (true) {
        world.out().print(question);
        world.out().flush();
        StringBuilder answer = new StringBuilder();
        int next = world.in().read();
        if (next < 0) {
          throw SopsFailure.of("no answer: use --yes where nobody can be asked");
        }
        while (next >= 0 && next != '\n') {
          answer.append((char) next);
          next = world.in().read();
        }
        switch (answer.toString().strip()) {
          case "y" -> {
            return true;
          }
          case "n" -> {
            return false;
          }
          default -> {}
        }
      }
    } catch (IOException e) {
      throw SopsFailure.of(FileAccess.reason(e));
    }
  }
}
