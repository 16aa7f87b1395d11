/**
 * A real control plane for tests: kube-apiserver, etcd and kube-controller-manager as processes of
 * this machine, and a proxy that makes the API server fail on demand.
 *
 * <p>{@link dev.signet.testkit.cluster.OnControlPlane} on a test is the usual way in; {@link
 * dev.signet.testkit.cluster.ControlPlane#start} is the way without JUnit. {@link
 * dev.signet.testkit.cluster.Programs} says where the three programs come from.
 *
 * <p>{@link dev.signet.testkit.cluster.OnVault} is the same for a Vault, {@link
 * dev.signet.testkit.cluster.OnMoto} for what stands in for AWS.
 */
@NullMarked
package dev.signet.testkit.cluster;

import org.jspecify.annotations.NullMarked;
