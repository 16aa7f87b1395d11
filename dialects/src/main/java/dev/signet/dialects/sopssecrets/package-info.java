/**
 * SopsSecrets of {@code isindir.github.com/v1alpha3}: an object that SOPS encrypted goes in, the
 * Secrets that it describes come out.
 */
@NullMarked
package dev.signet.dialects.sopssecrets;

import org.jspecify.annotations.NullMarked;
