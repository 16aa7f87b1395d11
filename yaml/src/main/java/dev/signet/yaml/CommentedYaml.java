package dev.signet.yaml;

import dev.signet.yaml.MalformedDocumentException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * YAML with its comments, as go-yaml v3 (go.yaml.in/yaml/v3 v3.0.4) reads and writes its nodes:
 * what SOPS files are made of. {@link CommentScan} says which comment belongs where, {@link
 * CommentedWriter} how a document is laid out.
 *
 * <p>Scalars mean what they mean in YAML 1.2's core schema, and beyond it timestamps, numbers with
 * underscores and octal numbers with a leading zero; {@code yes} and {@code on} are text. Merges
 * are not applied: {@code <<} is a key like others.
 */
public final class CommentedYaml {

  /**
   * A document.
   *
   * @param foot the comment at its very end
   */
  public record Document(CommentedNode root, String foot) {}

  private CommentedYaml() {}

  /**
   * All documents of a text, empty ones included.
   *
   * @param source how messages call the input, usually the file name
   */
  public static List<Document> read(byte[] input, String source, ReadLimits limits)
      throws MalformedDocumentException {
    try {
      if (input.length > limits.bytes()) {
        throw Budget.limit("more bytes", limits.bytes());
      }
      int bad = Utf8.firstInvalid(input, 0, input.length);
      if (bad >= 0) {
        throw new Problem(Kind.ENCODING, "not utf-8 at byte " + bad);
      }
      String text = new String(input, StandardCharsets.UTF_8);
      return CommentedParser.documents(
          text.startsWith("\uFEFF") ? text.substring(1) : text, new Budget(limits));
    } catch (Problem problem) {
      throw new MalformedDocumentException(
          problem.kind, source, problem.line + 1, problem.column + 1, problem.text);
    }
  }

  /**
   * Refuses a mapping, at whatever depth, that has the same scalar twice as a key.
   *
   * @throws MalformedDocumentException at the second one; its text names the line of the first
   */
  public static void rejectDuplicateKeys(CommentedNode node, String source)
      throws MalformedDocumentException {
    if (node.kind() == CommentedNode.Kind.MAPPING) {
      Map<String, Integer> lines = new HashMap<>();
      for (int i = 0; i < node.children().size(); i += 2) {
        CommentedNode key = node.children().get(i);
        if (key.kind() != CommentedNode.Kind.SCALAR) {
          continue;
        }
        Integer before = lines.putIfAbsent(key.written, key.line());
        if (before != null) {
          throw new MalformedDocumentException(
              Kind.DUPLICATE_KEY,
              source,
              key.line(),
              0,
              "mapping key \"" + key.written + "\" already defined at line " + before);
        }
      }
    }
    if (node.kind() != CommentedNode.Kind.ALIAS) {
      for (CommentedNode child : node.children()) {
        rejectDuplicateKeys(child, source);
      }
    }
  }

  /**
   * The documents as one text.
   *
   * @param indent columns a level, from 2 to 9; others count as 2
   */
  public static String write(List<CommentedNode> documents, int indent) {
    return CommentedWriter.write(documents, indent < 2 || indent > 9 ? 2 : indent);
  }
}
