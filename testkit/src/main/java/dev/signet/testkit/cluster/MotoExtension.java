package dev.signet.testkit.cluster;

import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** What {@link OnMoto} promises. */
final class MotoExtension implements BeforeEachCallback, ParameterResolver {

  private static final ExtensionContext.Namespace KEPT =
      ExtensionContext.Namespace.create(MotoExtension.class);

  @Override
  public void beforeEach(ExtensionContext context) {
    moto(context).server().heal();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Moto.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return moto(context);
  }

  private static Moto moto(ExtensionContext context) {
    return SharedServer.of(context, KEPT, "Moto", Moto::start, Moto::close);
  }
}
