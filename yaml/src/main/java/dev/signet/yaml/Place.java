package dev.signet.yaml;

/**
 * Where a value, or a key, stands in its input: {@code start} is its first byte, {@code end} the
 * one behind it. Lines and columns count from 1, columns in characters; a byte order mark is none.
 */
public record Place(int line, int column, int endLine, int endColumn, int start, int end) {}
