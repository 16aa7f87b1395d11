package dev.signet.dialects.sealedsecrets;

import dev.signet.yaml.TreePath;

/**
 * Something wrong with a SealedSecret.
 *
 * @param path where in its document
 * @param item the item or template it is about; empty for the object as a whole
 * @param message what is wrong here; never a value
 */
public record Finding(Rule rule, TreePath path, String item, String message) {}
