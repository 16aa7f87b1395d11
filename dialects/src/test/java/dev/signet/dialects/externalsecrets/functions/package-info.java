/** Tests of the functions that External Secrets adds. */
@org.jspecify.annotations.NullMarked
package dev.signet.dialects.externalsecrets.functions;
