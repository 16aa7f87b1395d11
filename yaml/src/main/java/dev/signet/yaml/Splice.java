package dev.signet.yaml;

/** A text that takes the place of the bytes from {@code start} to before {@code end}. */
record Splice(int start, int end, String text) {}
