/**
 * Secret Manager of Google Cloud, over REST. Configuration comes in through the store SPI of {@code
 * delivery}; what goes out are values, and {@code StoreException}s that name no value. Tokens are
 * got by Google's auth library, whose types stay in here and whose requests go through our client.
 */
@NullMarked
package dev.signet.stores.google;

import org.jspecify.annotations.NullMarked;
