/** What the tests of all dialects share. */
@NullMarked
package dev.signet.dialects;

import org.jspecify.annotations.NullMarked;
