package dev.signet.sops;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What stands in a tree. Branches and lists are mutable, so that a tree can be encrypted in place;
 * all else is a value. Nothing here prints what it holds.
 */
public sealed interface Value {

  /** A text. */
  record Text(String text) implements Value {
    @Override
    public String toString() {
      return "Text[hidden]";
    }
  }

  /** A text that is not UTF-8. */
  final class Raw implements Value {
    private final byte[] bytes;

    public Raw(byte[] bytes) {
      this.bytes = bytes.clone();
    }

    public byte[] bytes() {
      return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Raw that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }

  record Int(long number) implements Value {
    @Override
    public String toString() {
      return "Int[hidden]";
    }
  }

  record Real(double number) implements Value {
    @Override
    public String toString() {
      return "Real[hidden]";
    }
  }

  record Bool(boolean flag) implements Value {
    @Override
    public String toString() {
      return "Bool[hidden]";
    }
  }

  record Time(OffsetDateTime time) implements Value {
    @Override
    public String toString() {
      return "Time[hidden]";
    }
  }

  record Null() implements Value {}

  /**
   * A value that a file can hold and SOPS cannot.
   *
   * @param type what upstream calls its type
   */
  record Odd(String type) implements Value {}

  /** What a branch consists of. */
  sealed interface Member {}

  /**
   * A comment without its number sign, in a branch or in a list.
   *
   * @param inline whether it stands at the end of a value's line
   */
  record Comment(String text, boolean inline) implements Value, Member {
    @Override
    public String toString() {
      return "Comment[hidden]";
    }
  }

  record Field(String key, Value value) implements Member {}

  /** A field whose key is no text, which only reading can produce. */
  record OddField(String type, Value value) implements Member {}

  /** A mapping: fields in order, the same key perhaps twice. */
  record Branch(List<Member> members) implements Value {
    public Branch() {
      this(new ArrayList<>());
    }

    public void add(Member member) {
      members.add(member);
    }

    public void add(String key, Value value) {
      members.add(new Field(key, value));
    }

    @Override
    public String toString() {
      return "Branch[" + members.size() + "]";
    }
  }

  record Sequence(List<Value> items) implements Value {
    public Sequence() {
      this(new ArrayList<>());
    }

    @Override
    public String toString() {
      return "Sequence[" + items.size() + "]";
    }
  }

  /** The value that a JSON text says. */
  static Value ofJson(byte[] text) throws SopsException {
    return JsonFormat.readValue(text);
  }

  /** Whether it has parts. */
  default boolean isComplex() {
    return this instanceof Branch || this instanceof Sequence;
  }
}
