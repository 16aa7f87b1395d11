/**
 * Stores that are asked over HTTP with the JDK's client: the Secrets of a Kubernetes cluster, and
 * endpoints of anybody. Configuration comes in through the store SPI of {@code delivery}; what goes
 * out are values, and {@code StoreException}s that name no value. {@link
 * dev.signet.stores.https.Endpoint}, {@link dev.signet.stores.https.Trust} and {@link
 * dev.signet.stores.https.Clients} serve stores of other modules too.
 */
@NullMarked
package dev.signet.stores.https;

import org.jspecify.annotations.NullMarked;
