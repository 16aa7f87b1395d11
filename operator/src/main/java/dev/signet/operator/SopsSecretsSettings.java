package dev.signet.operator;

import dev.signet.dialects.sopssecrets.ClusterKeys;
import dev.signet.dialects.sopssecrets.DecryptionKeys;
import dev.signet.dialects.sopssecrets.SopsSecretRules;
import java.util.Optional;

/**
 * How SopsSecrets are treated.
 *
 * @param keys the Secret with keys for all namespaces, in the namespace of the sealing keys
 * @param reach whether keys for all namespaces open
 * @param machine what the environment of this process has
 */
public record SopsSecretsSettings(
    Optional<String> keys,
    ClusterKeys.Reach reach,
    SopsSecretRules rules,
    DecryptionKeys.Machine machine) {}
