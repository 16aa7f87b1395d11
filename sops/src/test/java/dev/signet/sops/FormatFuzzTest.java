package dev.signet.sops;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.security.SecureRandom;
import java.util.List;

/** Any bytes: read, or refused for a reason; what was read can be written and read again. */
class FormatFuzzTest {

  private static final SecureRandom RANDOM = new SecureRandom();

  private static void readAndWrite(Format.Kind kind, byte[] input) {
    Format format = Format.of(kind, Format.Layout.USUAL);
    List<Value.Branch> branches;
    try {
      branches = format.read(input);
    } catch (SopsException expected) {
      return;
    }
    boolean odd =
        branches.stream()
            .flatMap(branch -> branch.members().stream())
            .anyMatch(member -> member instanceof Value.OddField);
    if (odd || branches.isEmpty() || hasOddFields(branches)) {
      return;
    }
    try {
      format.read(format.write(branches));
    } catch (SopsException e) {
      // Some trees have no text in their format, such as those with empty names.
      return;
    }
  }

  private static boolean hasOddFields(List<? extends Value> values) {
    return values.stream().anyMatch(FormatFuzzTest::hasOddFields);
  }

  private static boolean hasOddFields(Value value) {
    return switch (value) {
      case Value.Branch branch ->
          branch.members().stream()
              .anyMatch(
                  member ->
                      member instanceof Value.OddField
                          || (member instanceof Value.Field field && hasOddFields(field.value())));
      case Value.Sequence sequence -> hasOddFields(sequence.items());
      default -> false;
    };
  }

  private static void readEncrypted(Format.Kind kind, byte[] input) {
    try {
      Format.of(kind, Format.Layout.USUAL).readEncrypted(input, RANDOM);
    } catch (SopsException expected) {
      return;
    }
  }

  @FuzzTest
  void yaml(byte[] input) {
    readAndWrite(Format.Kind.YAML, input);
    readEncrypted(Format.Kind.YAML, input);
  }

  @FuzzTest
  void json(byte[] input) {
    readAndWrite(Format.Kind.JSON, input);
    readEncrypted(Format.Kind.JSON, input);
  }

  @FuzzTest
  void dotenv(byte[] input) {
    readAndWrite(Format.Kind.DOTENV, input);
    readEncrypted(Format.Kind.DOTENV, input);
  }

  @FuzzTest
  void ini(byte[] input) {
    readAndWrite(Format.Kind.INI, input);
    readEncrypted(Format.Kind.INI, input);
  }
}
