package dev.signet.dialects.externalsecrets;

/** What values come from: stores, generators, and templates over both. */
public record Fetching(Stores stores, Generating generating, Templates templates) {}
