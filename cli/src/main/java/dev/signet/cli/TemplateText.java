package dev.signet.cli;

import dev.signet.template.Functions;
import dev.signet.template.Inspection;
import dev.signet.template.Options;
import dev.signet.template.Options.MissingKey;
import dev.signet.template.Template;
import dev.signet.template.TemplateException;

/** The text of a template, and how it is to be read. */
final class TemplateText {

  private final String name;
  private final byte[] bytes;
  private final Functions functions;
  private final MissingKey missingKey;

  /**
   * @param name what errors call it
   * @param bytes the text, which is not copied
   */
  TemplateText(String name, byte[] bytes, Functions functions, MissingKey missingKey) {
    this.name = name;
    this.bytes = bytes;
    this.functions = functions;
    this.missingKey = missingKey;
  }

  String name() {
    return name;
  }

  Functions functions() {
    return functions;
  }

  Template parse() throws TemplateException {
    return Template.parse(name, bytes, functions, Options.DEFAULT.missingKey(missingKey));
  }

  Inspection inspect() {
    return Inspection.of(name, bytes, functions, Options.DEFAULT);
  }

  /** A line of it with a caret below the column, see {@link SourceLine}. */
  String line(int line, int column) {
    return SourceLine.of(bytes, line, column);
  }
}
