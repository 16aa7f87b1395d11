/** Secret values, where they came from, and the encodings that every format shares. */
@NullMarked
package dev.signet.core;

import org.jspecify.annotations.NullMarked;
