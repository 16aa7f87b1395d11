/**
 * How stores are asked: no faster than they answer, not at all while they are down, and once where
 * many want the same. Calls go in through {@link dev.signet.delivery.traffic.GuardedStore}; what
 * was learnt of a store goes out to the queue through {@link
 * dev.signet.delivery.traffic.StoreGates}.
 */
@NullMarked
package dev.signet.delivery.traffic;

import org.jspecify.annotations.NullMarked;
