package dev.signet.testkit.cluster;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** What {@link OnControlPlane} promises. */
final class ControlPlaneExtension
    implements BeforeEachCallback, AfterEachCallback, ParameterResolver {

  private static final ExtensionContext.Namespace KEPT =
      ExtensionContext.Namespace.create(ControlPlaneExtension.class);

  @Override
  public void beforeEach(ExtensionContext context) {
    plane(context).heal();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    plane(context).heal();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == ControlPlane.class
        || type == Namespace.class
        || type == Api.class
        || type == FaultProxy.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    ControlPlane plane = plane(context);
    Class<?> type = parameter.getParameter().getType();
    if (type == ControlPlane.class) {
      return plane;
    }
    if (type == Api.class) {
      return plane.api();
    }
    // Kept for the test, so that its @BeforeEach methods get the same; JUnit closes it at the end.
    Store ofTest = context.getStore(KEPT);
    return type == FaultProxy.class
        ? ofTest.computeIfAbsent(FaultProxy.class, key -> plane.faultProxy())
        : ofTest.computeIfAbsent(Namespace.class, key -> namespace(plane));
  }

  private static Namespace namespace(ControlPlane plane) {
    try {
      return plane.namespace("test");
    } catch (IOException e) {
      throw new IllegalStateException("cannot make a namespace", e);
    }
  }

  private static ControlPlane plane(ExtensionContext context) {
    boolean ownNetwork = annotation(context).map(OnControlPlane::ownNetwork).orElse(Boolean.FALSE);
    return SharedServer.of(
        context,
        KEPT,
        "a control plane, own network: " + ownNetwork,
        () -> start(ownNetwork),
        ControlPlane::close);
  }

  private static Optional<OnControlPlane> annotation(ExtensionContext context) {
    return context
        .getTestMethod()
        .flatMap(method -> AnnotationSupport.findAnnotation(method, OnControlPlane.class))
        .or(
            () ->
                context
                    .getTestClass()
                    .flatMap(type -> AnnotationSupport.findAnnotation(type, OnControlPlane.class)));
  }

  private static ControlPlane start(boolean ownNetwork) {
    Programs programs = Programs.needed(KubernetesVersion.ofThisRun());
    ControlPlane.Options options = ControlPlane.Options.of(programs);
    if (ownNetwork) {
      NetworkNamespace.need();
      options = options.inOwnNetwork();
    }
    return ControlPlane.start(options);
  }
}
