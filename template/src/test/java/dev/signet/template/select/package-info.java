@NullMarked
package dev.signet.template.select;

import org.jspecify.annotations.NullMarked;
