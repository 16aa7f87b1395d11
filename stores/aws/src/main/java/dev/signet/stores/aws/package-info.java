/**
 * AWS Secrets Manager and Parameter Store, over the SDK of AWS, whose types stay here.
 * Configuration comes in through the store SPI of {@code delivery}; what goes out are values, and
 * {@code StoreException}s that name no value. Nothing of the SDK is loaded before a store is
 * opened.
 */
@NullMarked
package dev.signet.stores.aws;

import org.jspecify.annotations.NullMarked;
