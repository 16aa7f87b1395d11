/**
 * What SOPS files need of other machines: keys that Vault and clouds keep ({@link
 * dev.signet.remote.ServiceKeys}), key services ({@link dev.signet.remote.KeyServiceClient}, {@link
 * dev.signet.remote.KeyServiceServer}) and places to publish to ({@link
 * dev.signet.remote.Publishing}). In come master keys and parts of data keys; types of SDKs never
 * leave.
 */
@NullMarked
package dev.signet.remote;

import org.jspecify.annotations.NullMarked;
