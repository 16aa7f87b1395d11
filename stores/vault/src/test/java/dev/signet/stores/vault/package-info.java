/** The Vault store against a real Vault, and against a server that does as it is told. */
@NullMarked
package dev.signet.stores.vault;

import org.jspecify.annotations.NullMarked;
