/** Doubles of services on the Internet: what they publish of their APIs, held against requests. */
@NullMarked
package dev.signet.stores.contract.doubles;

import org.jspecify.annotations.NullMarked;
