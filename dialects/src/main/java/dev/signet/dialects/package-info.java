/** One package per API family; here is what they have in common: the definitions of their kinds. */
@NullMarked
package dev.signet.dialects;

import org.jspecify.annotations.NullMarked;
