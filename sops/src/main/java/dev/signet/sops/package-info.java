/**
 * SOPS files: {@link dev.signet.sops.Format} turns bytes into trees and back, {@link
 * dev.signet.sops.SopsFile} encrypts and decrypts their leaves, {@link dev.signet.sops.KeyGroups}
 * gets at the data key by way of a {@link dev.signet.sops.KeyWrapping}, and {@link
 * dev.signet.sops.SopsConfig} says how new files are to be encrypted.
 *
 * <p>Plain values are texts in these trees, as they are in the files that users edit, so they
 * cannot be zeroed; keys are, and are never texts.
 */
@NullMarked
package dev.signet.sops;

import org.jspecify.annotations.NullMarked;
