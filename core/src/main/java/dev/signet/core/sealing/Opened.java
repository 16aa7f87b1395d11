package dev.signet.core.sealing;

import dev.signet.core.SecretBytes;

/**
 * A value that was opened.
 *
 * @param value the caller's to close
 * @param key the fingerprint of the key that opened it
 */
public record Opened(SecretBytes value, String key) {}
