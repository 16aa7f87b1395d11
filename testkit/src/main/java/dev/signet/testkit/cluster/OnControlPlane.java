package dev.signet.testkit.cluster;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests on a real control plane. It is started for the first test that has this, shared by all of
 * the run, and ended with it. Without its programs such a test is skipped.
 *
 * <p>A test method, or a {@code @BeforeEach} method, asks for what it needs by the types of its
 * parameters:
 *
 * <ul>
 *   <li>{@link ControlPlane}: all of it. A test may kill or pause its servers: they are brought
 *       back before the next test.
 *   <li>{@link Namespace}: a new one for this test, deleted after it.
 *   <li>{@link Api}: the API server as a member of system:masters sees it.
 *   <li>{@link FaultProxy}: a new one for this test.
 * </ul>
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ControlPlaneExtension.class)
public @interface OnControlPlane {

  /** Whether it is to be one in a {@link NetworkNamespace}; skipped where none can be made. */
  boolean ownNetwork() default false;
}
