/**
 * Doubles of services that no test can have: servers on this machine that hold every request
 * against the published protocol, and complain of what differs.
 */
@NullMarked
package dev.signet.testkit.web;

import org.jspecify.annotations.NullMarked;
