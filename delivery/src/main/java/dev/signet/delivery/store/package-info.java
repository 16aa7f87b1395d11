/**
 * The store SPI, and the stores that need no server: upstream's {@code fake} and a folder of files.
 */
@NullMarked
package dev.signet.delivery.store;

import org.jspecify.annotations.NullMarked;
