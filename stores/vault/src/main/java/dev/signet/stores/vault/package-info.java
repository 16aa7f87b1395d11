/**
 * Vault and OpenBao over their HTTP API: values of KV engines, leases of engines that make values,
 * and the logins that both take. Configuration comes in through the store SPI of {@code delivery};
 * what goes out are values, and {@code StoreException}s that name no value.
 */
@NullMarked
package dev.signet.stores.vault;

import org.jspecify.annotations.NullMarked;
