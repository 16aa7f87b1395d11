@NullMarked
package dev.signet.dialects;

import org.jspecify.annotations.NullMarked;
