package dev.signet.testkit.cluster;

import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** What {@link OnMoto} promises. */
final class MotoExtension implements BeforeEachCallback, ParameterResolver {

  private final OncePerRun<Moto> shared = new OncePerRun<>(Moto.class, Moto::start, Moto::close);

  @Override
  public void beforeEach(ExtensionContext context) {
    shared.of(context).server().heal();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Moto.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return shared.of(context);
  }
}
