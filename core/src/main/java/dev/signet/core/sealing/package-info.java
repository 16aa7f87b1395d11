/**
 * The Sealed Secrets codec: a certificate seals values that only the matching private key opens.
 *
 * <p>A {@link dev.signet.core.sealing.SealingCertificate} gives the public key to a {@link
 * dev.signet.core.sealing.Sealer}; {@link dev.signet.core.sealing.SealingKey}s in a {@link
 * dev.signet.core.sealing.KeyRing} open what it made. What the objects around the ciphertexts look
 * like is the dialect's business.
 */
@NullMarked
package dev.signet.core.sealing;

import org.jspecify.annotations.NullMarked;
