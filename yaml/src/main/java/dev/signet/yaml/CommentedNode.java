package dev.signet.yaml;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a YAML document with the comments around it, in the way of go-yaml v3: before it, at
 * the end of its line, and after it. A comment is its lines with their number signs, joined by line
 * feeds; none is an empty text.
 *
 * <p>A scalar's value is a {@code String}, a {@code byte[]} (a text that is not UTF-8), {@code
 * Long}, {@code BigInteger} (from 2^63 to 2^64 - 1), {@code Double}, {@code Boolean}, {@link
 * OffsetDateTime} or null. The children of a mapping are its keys and values in turn.
 */
public final class CommentedNode {

  /** The kinds of node. */
  public enum Kind {
    MAPPING,
    SEQUENCE,
    SCALAR,
    /** Its only child is what it stands for. */
    ALIAS
  }

  private final Kind kind;
  private final @Nullable Object value;
  private final List<CommentedNode> children = new ArrayList<>();
  private final int line;

  /** What was written, which is what tells one key from another. */
  final String written;

  String head = "";
  String lineComment = "";
  String foot = "";

  CommentedNode(Kind kind, @Nullable Object value, String written, int line) {
    this.kind = kind;
    this.value = value;
    this.written = written;
    this.line = line;
  }

  public static CommentedNode mapping() {
    return new CommentedNode(Kind.MAPPING, null, "", 0);
  }

  public static CommentedNode sequence() {
    return new CommentedNode(Kind.SEQUENCE, null, "", 0);
  }

  public static CommentedNode scalar(@Nullable Object value) {
    return new CommentedNode(Kind.SCALAR, value, "", 0);
  }

  public CommentedNode add(CommentedNode child) {
    children.add(child);
    return this;
  }

  public Kind kind() {
    return kind;
  }

  public @Nullable Object value() {
    return value;
  }

  public List<CommentedNode> children() {
    return children;
  }

  /** Where it starts, counted from 1. */
  public int line() {
    return line;
  }

  public String head() {
    return head;
  }

  public String lineComment() {
    return lineComment;
  }

  public String foot() {
    return foot;
  }

  public void setHead(String comment) {
    head = comment;
  }

  public void setLineComment(String comment) {
    lineComment = comment;
  }

  public void setFoot(String comment) {
    foot = comment;
  }

  /** Says what it is, never what it holds. */
  @Override
  public String toString() {
    return "CommentedNode[" + kind + ", line=" + line + "]";
  }
}
