/**
 * The validating webhook: who asks over HTTPS whether an object may be stored gets the controllers'
 * own answer, and certificates are made, kept in a Secret, renewed and made known here.
 */
@NullMarked
package dev.signet.operator.admission;

import org.jspecify.annotations.NullMarked;
