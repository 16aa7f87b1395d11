/**
 * The operator: a queue of what is to be looked at, the controllers that look, and what it tells of
 * itself.
 */
@NullMarked
package dev.signet.operator;

import org.jspecify.annotations.NullMarked;
