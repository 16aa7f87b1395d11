@NullMarked
package dev.signet.stores.google;

import org.jspecify.annotations.NullMarked;
