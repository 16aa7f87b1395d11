package dev.signet.cli;

import dev.signet.core.SecretBytes;
import dev.signet.template.Limits;
import dev.signet.template.Template;
import dev.signet.template.TemplateException;
import dev.signet.template.Value;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/**
 * What came of rendering a template: bytes or an error. Unless values may be shown, whatever an
 * action printed is masked, and errors are without what may quote a value.
 */
sealed interface TemplateResult {

  record Rendered(SecretBytes output) implements TemplateResult {
    @Override
    public void addTo(Map<String, Object> tree) {
      output.with(bytes -> put(tree, "output", bytes));
    }
  }

  /**
   * It cannot be read, or did not finish.
   *
   * @param reveal whether the error may quote values
   */
  record Failed(TemplateException error, boolean reveal) implements TemplateResult {

    String message() {
      return reveal ? String.valueOf(error.getMessage()) : error.messageWithoutValues();
    }

    /** Whether there is more to it than is shown. */
    boolean withheld() {
      return !message().equals(error.getMessage());
    }

    @Override
    public void addTo(Map<String, Object> tree) {
      byte[] message =
          reveal ? error.bytes() : error.messageWithoutValues().getBytes(StandardCharsets.UTF_8);
      put(tree, "error", message);
      tree.put("phase", error.phase() == TemplateException.Phase.PARSE ? "parse" : "exec");
    }
  }

  /** Adds the fields that say it to a program. */
  void addTo(Map<String, Object> tree);

  static TemplateResult of(
      TemplateText text, Value data, boolean reveal, Template.Sources sources) {
    try {
      Template template = text.parse();
      return new Rendered(
          SecretBytes.wrap(
              reveal
                  ? template.execute(data, Limits.DEFAULT, sources)
                  : template.executeMasked(data, Table.MASK, Limits.DEFAULT, sources)));
    } catch (TemplateException e) {
      return new Failed(e, reveal);
    }
  }

  /** As text, or in Base64 under a name that says so where the bytes are not UTF-8. */
  private static boolean put(Map<String, Object> tree, String name, byte[] bytes) {
    try {
      tree.put(name, StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
      return true;
    } catch (CharacterCodingException e) {
      tree.put(name + "B64", Base64.getEncoder().encodeToString(bytes));
      return false;
    }
  }
}
