package dev.signet.delivery;

import dev.signet.delivery.object.Ref;
import java.util.Optional;

/**
 * One use of a Secret by another object.
 *
 * @param user the object whose manifest names the Secret
 * @param key the key it uses, empty when it uses all of them
 * @param how for people: {@code env DB_PASSWORD of container app}, {@code files under /etc/tls of
 *     container app}
 * @param follows whether a running workload sees a new value without a restart
 */
public record Consumer(Ref user, Ref secret, Optional<String> key, String how, boolean follows) {}
