package dev.signet.delivery.queue;

/**
 * How many objects are where.
 *
 * @param ready could run now
 * @param delayed wait for their time
 * @param running are being reconciled
 */
public record Depth(int ready, int delayed, int running) {}
