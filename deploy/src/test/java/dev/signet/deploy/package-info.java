/** What people install: the chart, the static manifest and the images, on real servers. */
@NullMarked
package dev.signet.deploy;

import org.jspecify.annotations.NullMarked;
