@NullMarked
package dev.signet.stores.azure;

import org.jspecify.annotations.NullMarked;
