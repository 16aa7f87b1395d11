/** Tests of the stores over HTTPS, and the endpoints that they talk to. */
@NullMarked
package dev.signet.stores.https;

import org.jspecify.annotations.NullMarked;
