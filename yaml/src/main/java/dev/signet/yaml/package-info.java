/**
 * Manifests in and out as Kubernetes' Go code reads and writes them: {@link
 * dev.signet.yaml.Documents} turns bytes into trees, {@link dev.signet.yaml.GoYaml} and {@link
 * dev.signet.yaml.GoJson} turn trees into bytes. {@link dev.signet.yaml.Editor} changes values in
 * place and leaves every other byte as it is.
 *
 * <p>A tree is made of {@code LinkedHashMap<String, Object>}, {@code ArrayList<Object>}, {@code
 * String}, {@code Boolean}, {@code Long}, {@code BigInteger} (only for integers beyond {@code
 * Long}), finite {@code Double} and {@code null}.
 *
 * <p>This package is on the start path of the command line. The main path therefore uses no regular
 * expressions, no lambdas and no pattern switches: each of them costs milliseconds when a JVM meets
 * it for the first time.
 */
@NullMarked
package dev.signet.yaml;

import org.jspecify.annotations.NullMarked;
