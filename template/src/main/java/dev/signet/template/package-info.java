@NullMarked
package dev.signet.template;

import org.jspecify.annotations.NullMarked;
