/**
 * The functions that External Secrets adds to Sprig's for its templates: PEM, PKCS#12, JWK, YAML,
 * RSA. {@link dev.signet.dialects.externalsecrets.functions.ExternalSecretFunctions} is the way in;
 * README.md of the module lists what each does and what is deterministic.
 */
@NullMarked
package dev.signet.dialects.externalsecrets.functions;

import org.jspecify.annotations.NullMarked;
