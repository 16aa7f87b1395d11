/**
 * External Secrets' generators ({@code generators.external-secrets.io/v1alpha1}): values that are
 * made instead of fetched. Each is a pure step from its spec, and a Secret where it needs one, to
 * items; nothing is remembered, so every refresh makes new ones. Generators that ask a server stand
 * in the modules of stores.
 */
@NullMarked
package dev.signet.dialects.externalsecrets.generators;

import org.jspecify.annotations.NullMarked;
