/**
 * Key Vault of Azure, over REST. Configuration comes in through the store SPI of {@code delivery};
 * what goes out are values, and {@code StoreException}s that name no value. Tokens are got by
 * azure-identity, whose types stay in here and whose requests go through our client.
 */
@NullMarked
package dev.signet.stores.azure;

import org.jspecify.annotations.NullMarked;
