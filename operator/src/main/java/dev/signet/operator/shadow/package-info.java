/**
 * Shadow mode: the controllers run as ever over objects that take no write, and every write that
 * they would have made is told as a difference.
 */
@NullMarked
package dev.signet.operator.shadow;

import org.jspecify.annotations.NullMarked;
