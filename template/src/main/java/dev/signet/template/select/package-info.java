/**
 * Picks values out of JSON documents by the three path languages of the Kubernetes world: gjson
 * paths ({@link dev.signet.template.select.Gjson}), the JSONPath templates of kubectl ({@link
 * dev.signet.template.select.KubeJsonPath}) and JMESPath ({@link
 * dev.signet.template.select.JmesPath}), each byte-compatible with the Go library that defined it
 * in practice.
 *
 * <p>A document comes in as bytes and a result goes out as bytes; values are treated as secrets, so
 * no message of a {@link dev.signet.template.select.SelectorException} and no {@code toString}
 * contains any part of a document. All work is bounded by {@link
 * dev.signet.template.select.SelectorLimits}.
 */
@NullMarked
package dev.signet.template.select;

import org.jspecify.annotations.NullMarked;
