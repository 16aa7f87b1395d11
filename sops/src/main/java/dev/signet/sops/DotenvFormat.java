package dev.signet.sops;

import dev.signet.sops.SopsException.Step;
import dev.signet.sops.Value.Branch;
import dev.signet.sops.Value.Comment;
import dev.signet.sops.Value.Field;
import dev.signet.sops.Value.Member;
import dev.signet.sops.Value.OddField;
import dev.signet.sops.Value.Raw;
import dev.signet.sops.Value.Text;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Lines {@code name=value}. Nothing is trimmed, quotes mean nothing, {@code \n} in a value is a
 * line feed, a line that starts with a number sign is a comment, empty lines are dropped.
 */
final class DotenvFormat implements Format {

  @Override
  public Placement placement() {
    return Placement.FIELDS;
  }

  @Override
  public List<Branch> read(byte[] text) throws SopsException {
    Branch branch = new Branch();
    int number = 0;
    for (int start = 0; start < text.length; ) {
      int end = start;
      while (end < text.length && text[end] != '\n') {
        end++;
      }
      number++;
      if (end > start) {
        line(Arrays.copyOfRange(text, start, end), number, branch);
      }
      start = end + 1;
    }
    return new ArrayList<>(List.of(branch));
  }

  private static void line(byte[] line, int number, Branch branch) throws SopsException {
    if (line[0] == '#') {
      branch.add(new Comment(new String(line, 1, line.length - 1, StandardCharsets.UTF_8), false));
      return;
    }
    int equals = 0;
    while (equals < line.length && line[equals] != '=') {
      equals++;
    }
    if (equals == line.length) {
      throw new SopsException(Step.READ, "invalid dotenv input line: line " + number + " has no =");
    }
    Value value = Leaf.text(Arrays.copyOfRange(line, equals + 1, line.length));
    branch.add(
        new String(line, 0, equals, StandardCharsets.UTF_8),
        value instanceof Text text ? new Text(text.text().replace("\\n", "\n")) : value);
  }

  @Override
  public byte[] write(List<Branch> branches) throws SopsException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Member member : branches.getFirst().members()) {
      switch (member) {
        case Comment comment -> write(out, "#" + comment.text());
        case Field field -> {
          if (field.value().isComplex()) {
            throw new SopsException(
                Step.WRITE,
                "cannot use complex value in dotenv file; offending key " + field.key());
          }
          write(out, field.key() + "=");
          if (field.value() instanceof Raw raw) {
            out.writeBytes(raw.bytes());
          } else {
            write(out, Plain.text(field.value()).replace("\n", "\\n"));
          }
        }
        case OddField _ -> throw new IllegalStateException("a key that is no text");
      }
      out.write('\n');
    }
    return out.toByteArray();
  }

  private static void write(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public byte[] writeValue(Value value) throws SopsException {
    if (value instanceof Text text) {
      return text.text().getBytes(StandardCharsets.UTF_8);
    }
    throw new SopsException(Step.WRITE, "the dotenv store only supports emitting strings");
  }

  @Override
  public byte[] example() {
    return """
        # This is an example file.
        hello=Welcome to SOPS! Edit this file as you please!
        example_key=example_value
        example_multiline=foo\\nbar\\nbaz
        """
        .getBytes(StandardCharsets.UTF_8);
  }
}
