package dev.signet.testkit.cluster;

import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** What {@link OnVault} promises. */
final class VaultExtension implements BeforeEachCallback, ParameterResolver {

  private final OncePerRun<Vault> shared =
      new OncePerRun<>(Vault.class, Vault::start, Vault::close);

  @Override
  public void beforeEach(ExtensionContext context) {
    shared.of(context).server().heal();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Vault.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return shared.of(context);
  }
}
