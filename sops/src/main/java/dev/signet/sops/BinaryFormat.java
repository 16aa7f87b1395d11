package dev.signet.sops;

import dev.signet.sops.SopsException.Step;
import dev.signet.sops.Value.Branch;
import dev.signet.sops.Value.Field;
import dev.signet.sops.Value.Member;
import dev.signet.sops.Value.Raw;
import dev.signet.sops.Value.Text;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Any bytes: the one field {@code data} of a JSON object, which is always encrypted. */
record BinaryFormat(JsonFormat json) implements Format {

  private static final String DATA = "data";

  @Override
  public Placement placement() {
    return Placement.BRANCH;
  }

  @Override
  public List<Branch> read(byte[] text) {
    Branch branch = new Branch();
    branch.add(DATA, Leaf.text(text));
    return new ArrayList<>(List.of(branch));
  }

  @Override
  public byte[] write(List<Branch> branches) throws SopsException {
    if (branches.size() != 1) {
      throw unfit("there must be exactly one tree branch");
    }
    for (Member member : branches.getFirst().members()) {
      if (member instanceof Field field && field.key().equals(DATA)) {
        return switch (field.value()) {
          case Text text -> text.text().getBytes(StandardCharsets.UTF_8);
          case Raw raw -> raw.bytes();
          default -> throw unfit("'data' key in tree does not have a string value");
        };
      }
    }
    throw unfit("no binary data found in tree");
  }

  private static SopsException unfit(String why) {
    return new SopsException(
        Step.WRITE,
        "error emitting binary store: "
            + why
            + "\n\nThis is likely not an encrypted binary file? If not, use --output-type to select"
            + " the correct output type.");
  }

  @Override
  public byte[] writeValue(Value value) throws SopsException {
    throw new SopsException(
        Step.WRITE,
        "Binary files are not structured and extracting a single value is not possible");
  }

  @Override
  public byte[] example() {
    return "Welcome to SOPS! Edit this file as you please!".getBytes(StandardCharsets.UTF_8);
  }
}
