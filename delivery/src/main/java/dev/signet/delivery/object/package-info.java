/**
 * Kubernetes objects as Signet sees them: the raw tree that came in, read through typed, checked
 * views. Nothing here does I/O. Unknown fields survive, because what is written back is the tree
 * and never a record alone.
 */
@NullMarked
package dev.signet.delivery.object;

import org.jspecify.annotations.NullMarked;
