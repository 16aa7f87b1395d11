/**
 * Encrypted copies of sealing keys, out of the cluster or beside it, so that a lost cluster takes
 * no SealedSecret with it. {@link dev.signet.dialects.sealedsecrets.escrow.Escrow} decides what is
 * to be copied and whether a copy is good; targets say where it is.
 */
@NullMarked
package dev.signet.dialects.sealedsecrets.escrow;

import org.jspecify.annotations.NullMarked;
