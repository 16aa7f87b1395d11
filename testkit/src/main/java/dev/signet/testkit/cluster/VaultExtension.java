package dev.signet.testkit.cluster;

import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** What {@link OnVault} promises. */
final class VaultExtension implements BeforeEachCallback, ParameterResolver {

  private static final ExtensionContext.Namespace KEPT =
      ExtensionContext.Namespace.create(VaultExtension.class);

  @Override
  public void beforeEach(ExtensionContext context) {
    vault(context).server().heal();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Vault.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return vault(context);
  }

  private static Vault vault(ExtensionContext context) {
    return SharedServer.of(context, KEPT, "Vault", Vault::start, Vault::close);
  }
}
