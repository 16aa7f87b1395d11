package dev.signet.testkit.cluster;

import java.io.IOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * A server that is started for the first test of a run that wants it and ended with the run. That
 * there is none is found out once, and told to each test.
 */
final class OncePerRun<S extends AutoCloseable> {

  @FunctionalInterface
  interface Start<S> {
    S start() throws IOException;
  }

  private sealed interface Shared<S> extends AutoCloseable {

    record Running<S extends AutoCloseable>(S server) implements Shared<S> {
      @Override
      public void close() throws Exception {
        server.close();
      }
    }

    record Absent<S>(RuntimeException skipped) implements Shared<S> {
      @Override
      public void close() {}
    }

    record Refused<S>(AssertionFailedError failed) implements Shared<S> {
      @Override
      public void close() {}
    }
  }

  private final Class<S> type;
  private final Start<S> start;

  OncePerRun(Class<S> type, Start<S> start) {
    this.type = type;
    this.start = start;
  }

  S of(ExtensionContext context) {
    Shared<?> shared =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.create(OncePerRun.class))
            .computeIfAbsent(type, _ -> shared(), Shared.class);
    return switch (shared) {
      case Shared.Running<?> running -> type.cast(running.server());
      case Shared.Absent<?> absent -> throw absent.skipped();
      case Shared.Refused<?> refused -> throw refused.failed();
    };
  }

  private Shared<S> shared() {
    try {
      return new Shared.Running<>(start.start());
    } catch (TestAbortedException skipped) {
      return new Shared.Absent<>(skipped);
    } catch (AssertionFailedError failed) {
      return new Shared.Refused<>(failed);
    } catch (IOException e) {
      throw new IllegalStateException("cannot start " + type.getSimpleName(), e);
    }
  }
}
