/**
 * Sealed Secrets ({@code bitnami.com/v1alpha1}): Secrets sealed to a public key and opened by
 * whoever holds the private one. A {@code SealedSecret} comes in through {@link
 * dev.signet.dialects.sealedsecrets.SealedSecret}, is made by {@link
 * dev.signet.dialects.sealedsecrets.Sealing} and opened by {@link
 * dev.signet.dialects.sealedsecrets.Unsealing}.
 */
@NullMarked
package dev.signet.dialects.sealedsecrets;

import org.jspecify.annotations.NullMarked;
