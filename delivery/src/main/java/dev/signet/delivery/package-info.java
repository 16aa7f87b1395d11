/**
 * The steps every dialect is made of: fetch ({@code store}), {@link dev.signet.delivery.Shape},
 * {@link dev.signet.delivery.Apply}, and the {@link dev.signet.delivery.Evidence} each leaves.
 * {@link dev.signet.delivery.Objects} is the port to where objects live: a directory or a cluster.
 */
@NullMarked
package dev.signet.delivery;

import org.jspecify.annotations.NullMarked;
