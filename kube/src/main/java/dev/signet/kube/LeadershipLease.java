package dev.signet.kube;

import dev.signet.delivery.ObjectsException;
import java.util.Optional;

/** One Lease. */
interface LeadershipLease {

  Optional<LeadershipClaim> read() throws ObjectsException;

  /**
   * Makes the Lease.
   *
   * @throws ObjectsException also when it exists by now
   */
  LeadershipClaim create(LeadershipClaim claim) throws ObjectsException;

  /**
   * Replaces what it says.
   *
   * @param taken whether the holder is a new one
   * @throws ObjectsException also when it no longer is at the claim's version
   */
  LeadershipClaim replace(LeadershipClaim claim, boolean taken) throws ObjectsException;
}
