/** The scripts that start the program, run in a sandbox: ./signet, bin/*, the start-up caches. */
@NullMarked
package dev.signet.cli.launch;

import org.jspecify.annotations.NullMarked;
