/**
 * Which object is reconciled when: changes and due times go in as {@link
 * dev.signet.delivery.object.Ref}s, workers take them out one at a time, and what each run came to
 * decides when the object is due again. {@link dev.signet.delivery.queue.Agenda} decides, {@link
 * dev.signet.delivery.queue.WorkQueue} waits, {@link dev.signet.delivery.queue.Workers} run.
 */
@NullMarked
package dev.signet.delivery.queue;

import org.jspecify.annotations.NullMarked;
