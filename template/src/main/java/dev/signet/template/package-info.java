/**
 * Go's {@code text/template} for Java: lexer, parser and evaluator, with Go's values, printing and
 * error texts. Template text and data come in as {@link dev.signet.template.Template} and {@link
 * dev.signet.template.Value}, bytes or a {@link dev.signet.template.TemplateException} come out.
 */
@NullMarked
package dev.signet.template;

import org.jspecify.annotations.NullMarked;
