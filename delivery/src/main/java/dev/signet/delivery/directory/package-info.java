/**
 * Signet without a cluster: manifests in folders, everything else in one encrypted file. {@link
 * dev.signet.delivery.directory.Directory} is the {@link dev.signet.delivery.Objects} of this
 * place.
 */
@NullMarked
package dev.signet.delivery.directory;

import org.jspecify.annotations.NullMarked;
