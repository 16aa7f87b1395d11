package dev.signet.testkit.cluster;

import java.io.IOException;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * A server that is started for the first test of a run that wants it and ended with the run. That
 * there is none is found out once, and told to each test.
 */
final class OncePerRun<S> {

  @FunctionalInterface
  interface Start<S> {
    S start() throws IOException;
  }

  private sealed interface Shared<S> extends AutoCloseable {

    record Running<S>(S server, Consumer<S> end) implements Shared<S> {
      @Override
      public void close() {
        end.accept(server);
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

    @Override
    void close();
  }

  private final Class<S> type;
  private final Start<S> start;
  private final Consumer<S> end;

  OncePerRun(Class<S> type, Start<S> start, Consumer<S> end) {
    this.type = type;
    this.start = start;
    this.end = end;
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
      return new Shared.Running<>(start.start(), end);
    } catch (TestAbortedException skipped) {
      return new Shared.Absent<>(skipped);
    } catch (AssertionFailedError failed) {
      return new Shared.Refused<>(failed);
    } catch (IOException e) {
      throw new IllegalStateException("cannot start " + type.getSimpleName(), e);
    }
  }
}
