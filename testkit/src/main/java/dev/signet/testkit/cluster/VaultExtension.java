package dev.signet.testkit.cluster;

import java.io.IOException;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** What {@link OnVault} promises. */
final class VaultExtension implements BeforeEachCallback, ParameterResolver {

  private static final ExtensionContext.Namespace KEPT =
      ExtensionContext.Namespace.create(VaultExtension.class);

  /** The server of this run, or why there is none: found out once, told to each test. */
  private sealed interface Shared extends AutoCloseable {

    record Running(Vault vault) implements Shared {
      @Override
      public void close() {
        vault.close();
      }
    }

    record Absent(RuntimeException skipped) implements Shared {
      @Override
      public void close() {}
    }

    record Refused(AssertionFailedError failed) implements Shared {
      @Override
      public void close() {}
    }

    @Override
    void close();
  }

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
    Shared shared =
        context.getRoot().getStore(KEPT).computeIfAbsent("vault", _ -> start(), Shared.class);
    return switch (shared) {
      case Shared.Running running -> running.vault();
      case Shared.Absent absent -> throw absent.skipped();
      case Shared.Refused refused -> throw refused.failed();
    };
  }

  private static Shared start() {
    try {
      return new Shared.Running(Vault.start());
    } catch (TestAbortedException skipped) {
      return new Shared.Absent(skipped);
    } catch (AssertionFailedError failed) {
      return new Shared.Refused(failed);
    } catch (IOException e) {
      throw new IllegalStateException("cannot start Vault", e);
    }
  }
}
