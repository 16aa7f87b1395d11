/**
 * External Secrets ({@code external-secrets.io}, {@code v1} and {@code v1beta1}): Secrets fetched
 * from stores. What a field means is read in {@link
 * dev.signet.dialects.externalsecrets.ExternalSecret}; a field that is not understood is refused
 * there.
 */
@NullMarked
package dev.signet.dialects.externalsecrets;

import org.jspecify.annotations.NullMarked;
