/**
 * age version 1: files that are encrypted to recipients or to a passphrase, read and written as a
 * stream. {@link dev.signet.core.age.AgeFile} is where to begin.
 */
@NullMarked
package dev.signet.core.age;

import org.jspecify.annotations.NullMarked;
