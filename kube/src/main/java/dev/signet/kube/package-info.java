/**
 * The objects of a Kubernetes cluster, over fabric8's client: caches without values, Secret bodies
 * as secret bytes, and requests at the pace the server asks for.
 */
@NullMarked
package dev.signet.kube;

import org.jspecify.annotations.NullMarked;
