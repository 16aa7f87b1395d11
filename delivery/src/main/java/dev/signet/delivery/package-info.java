@NullMarked
package dev.signet.delivery;

import org.jspecify.annotations.NullMarked;
