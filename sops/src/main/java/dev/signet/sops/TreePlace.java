package dev.signet.sops;

import dev.signet.sops.SopsException.Step;
import dev.signet.sops.Value.Branch;
import dev.signet.sops.Value.Field;
import dev.signet.sops.Value.Member;
import dev.signet.sops.Value.Sequence;
import java.util.ArrayList;
import java.util.List;

/**
 * A place in a tree, written {@code ["key"][0]}: finding what is there, putting something there,
 * removing it. Positions in lists count comments.
 */
public final class TreePlace {

  /** A step on the way. */
  private sealed interface Part {
    record Key(String text) implements Part {}

    record Index(int number) implements Part {}
  }

  private final List<Part> parts;

  private TreePlace(List<Part> parts) {
    this.parts = parts;
  }

  /** An empty text is the whole tree. */
  public static TreePlace parse(String text) throws SopsException {
    List<Part> parts = new ArrayList<>();
    for (String component : text.split("\\[", -1)) {
      if (component.isEmpty()) {
        continue;
      }
      if (!component.endsWith("]")) {
        throw malformed("component " + component + " doesn't end with ]");
      }
      String inner = component.substring(0, component.length() - 1);
      if (inner.startsWith("\"") || inner.startsWith("'")) {
        if (inner.length() < 2) {
          throw malformed("component " + component + " has no closing quote");
        }
        parts.add(new Part.Key(inner.substring(1, inner.length() - 1)));
      } else {
        try {
          parts.add(new Part.Index(Integer.parseInt(inner)));
        } catch (NumberFormatException e) {
          throw malformed("strconv.Atoi: parsing \"" + inner + "\": invalid syntax");
        }
      }
    }
    return new TreePlace(parts);
  }

  private static SopsException malformed(String why) {
    return new SopsException(Step.PATH, why);
  }

  public boolean isRoot() {
    return parts.isEmpty();
  }

  /** What is there. */
  public Value find(Branch tree) throws SopsException {
    Value current = tree;
    for (Part part : parts) {
      switch (part) {
        case Part.Key key -> {
          if (!(current instanceof Branch branch)) {
            throw malformed(
                "component ['" + key.text() + "'] is a key, but tree part is not a map");
          }
          int at = index(branch, key.text());
          if (at < 0) {
            throw malformed("component ['" + key.text() + "'] not found");
          }
          current = ((Field) branch.members().get(at)).value();
        }
        case Part.Index index -> {
          if (!(current instanceof Sequence sequence)) {
            throw malformed(
                "component [" + index.number() + "] is integer, but tree part is not a slice");
          }
          if (index.number() < 0 || index.number() >= sequence.items().size()) {
            throw malformed("component [" + index.number() + "] accesses out of bounds");
          }
          current = sequence.items().get(index.number());
        }
      }
    }
    return current;
  }

  private static int index(Branch branch, String key) {
    List<Member> members = branch.members();
    for (int i = 0; i < members.size(); i++) {
      if (members.get(i) instanceof Field field && field.key().equals(key)) {
        return i;
      }
    }
    return -1;
  }

  /** Puts a value there; returns whether something else was there before. */
  public boolean set(Branch tree, Value value) throws SopsException {
    return isRoot() || !set(tree, 0, value).equals(Change.NONE);
  }

  private enum Change {
    NONE,
    DONE,
    /** The part itself must be replaced by {@link #fresh}. */
    REPLACE
  }

  private Change set(Value current, int depth, Value value) throws SopsException {
    Part part = parts.get(depth);
    boolean last = depth == parts.size() - 1;
    if (current instanceof Branch branch && part instanceof Part.Key key) {
      int at = index(branch, key.text());
      if (at < 0) {
        branch.add(key.text(), last ? value : fresh(depth + 1, value));
        return Change.DONE;
      }
      Value before = ((Field) branch.members().get(at)).value();
      Change change =
          last
              ? before.equals(value) ? Change.NONE : Change.REPLACE
              : set(before, depth + 1, value);
      if (change == Change.REPLACE) {
        Value after = last ? value : fresh(depth + 1, value);
        branch.members().set(at, new Field(key.text(), after));
        return Change.DONE;
      }
      return change;
    }
    if (current instanceof Sequence sequence) {
      if (!(part instanceof Part.Index index) || index.number() < 0) {
        throw malformed("a list has positions, not keys");
      }
      List<Value> items = sequence.items();
      if (index.number() >= items.size()) {
        items.add(last ? value : fresh(depth + 1, value));
        return Change.DONE;
      }
      Value before = items.get(index.number());
      Change change =
          last
              ? before.equals(value) ? Change.NONE : Change.REPLACE
              : set(before, depth + 1, value);
      if (change == Change.REPLACE) {
        items.set(index.number(), last ? value : fresh(depth + 1, value));
        return Change.DONE;
      }
      return change;
    }
    if (current instanceof Branch) {
      throw malformed("a map has keys, not positions");
    }
    return Change.REPLACE;
  }

  /** The value with what is around it from a step on. */
  private Value fresh(int depth, Value value) {
    Value inner = depth == parts.size() - 1 ? value : fresh(depth + 1, value);
    return switch (parts.get(depth)) {
      case Part.Key key -> {
        Branch branch = new Branch();
        branch.add(key.text(), inner);
        yield branch;
      }
      case Part.Index _ -> {
        Sequence sequence = new Sequence();
        sequence.items().add(inner);
        yield sequence;
      }
    };
  }

  /** Nothing is there to be removed. */
  public static final class NotThereException extends Exception {

    private static final long serialVersionUID = 1;

    NotThereException(String message) {
      super(message);
    }
  }

  public void unset(Branch tree) throws SopsException, NotThereException {
    if (isRoot()) {
      throw malformed("the whole tree cannot be unset");
    }
    Value parent = tree;
    for (int i = 0; i < parts.size(); i++) {
      boolean last = i == parts.size() - 1;
      switch (parts.get(i)) {
        case Part.Key key -> {
          if (!(parent instanceof Branch branch)) {
            throw malformed("Unsupported type for item '" + key.text() + "'");
          }
          int at = index(branch, key.text());
          if (at < 0) {
            throw new NotThereException("Key not found: " + key.text());
          }
          parent = ((Field) branch.members().get(at)).value();
          if (last) {
            branch.members().remove(at);
          }
        }
        case Part.Index index -> {
          if (!(parent instanceof Sequence sequence)) {
            throw malformed("Unsupported type for item '" + index.number() + "'");
          }
          if (index.number() < 0 || index.number() >= sequence.items().size()) {
            throw new NotThereException("Index " + index.number() + " out of bounds");
          }
          parent = sequence.items().get(index.number());
          if (last) {
            sequence.items().remove(index.number());
          }
        }
      }
    }
  }
}
