/**
 * The functions of Sprig 3.3.0, grouped as Sprig groups them, except {@code env}, {@code expandenv}
 * and {@code getHostByName}. {@link dev.signet.template.sprig.Sprig} has them all.
 */
@NullMarked
package dev.signet.template.sprig;

import org.jspecify.annotations.NullMarked;
