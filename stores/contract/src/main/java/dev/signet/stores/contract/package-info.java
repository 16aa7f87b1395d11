/** What every store keeps, to be run by the tests of each store against its back end. */
@NullMarked
package dev.signet.stores.contract;

import org.jspecify.annotations.NullMarked;
