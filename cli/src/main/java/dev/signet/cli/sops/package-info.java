/**
 * The program {@code sops}: {@link dev.signet.cli.sops.SopsProgram} reads the command line as
 * upstream's does and runs one of its commands on a file.
 */
@NullMarked
package dev.signet.cli.sops;

import org.jspecify.annotations.NullMarked;
