package dev.signet.kube;

/**
 * What a Lease says.
 *
 * @param holder who holds it, empty when it was given back
 * @param seconds for how long a renewal is good
 * @param transitions how often it went from one holder to another
 * @param version the resourceVersion of the Lease that says so; empty for one that is to be made
 */
record LeadershipClaim(String holder, int seconds, int transitions, String version) {}
