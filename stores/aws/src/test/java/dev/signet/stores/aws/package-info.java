/** Tests of the stores of AWS, on a stand-in for it. */
@NullMarked
package dev.signet.stores.aws;

import org.jspecify.annotations.NullMarked;
