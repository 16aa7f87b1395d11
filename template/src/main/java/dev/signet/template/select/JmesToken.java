package dev.signet.template.select;

/**
 * A token of a JMESPath expression.
 *
 * @param text of identifiers and literals without quotes and escapes, of others as written
 */
record JmesToken(JmesTokenType type, String text) {}
