/**
 * The programs as a user meets them: commands run in process against a folder of their own, and in
 * real processes where it matters.
 */
@NullMarked
package dev.signet.cli;

import org.jspecify.annotations.NullMarked;
