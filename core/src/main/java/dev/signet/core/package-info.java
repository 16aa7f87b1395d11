@NullMarked
package dev.signet.core;

import org.jspecify.annotations.NullMarked;
