/** Tests of the services, real ones and doubles that check every word. */
@NullMarked
package dev.signet.remote;

import org.jspecify.annotations.NullMarked;
