@NullMarked
package dev.signet.yaml;

import org.jspecify.annotations.NullMarked;
