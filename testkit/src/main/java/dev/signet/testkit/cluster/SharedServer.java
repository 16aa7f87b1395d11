package dev.signet.testkit.cluster;

import java.io.IOException;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** A server that all tests of a run share, or why there is none: found out once, told to each. */
sealed interface SharedServer<T> extends AutoCloseable {

  @FunctionalInterface
  interface Starting<T> {
    T start() throws IOException;
  }

  record Running<T>(T server, Consumer<T> end) implements SharedServer<T> {
    @Override
    public void close() {
      end.accept(server);
    }
  }

  record Absent<T>(RuntimeException skipped) implements SharedServer<T> {
    @Override
    public void close() {}
  }

  record Refused<T>(AssertionFailedError failed) implements SharedServer<T> {
    @Override
    public void close() {}
  }

  @Override
  void close();

  /** The one of that name, started for the first who asks, closed by JUnit at the end. */
  @SuppressWarnings("unchecked") // under one name there is one type
  static <T> T of(
      ExtensionContext context,
      ExtensionContext.Namespace kept,
      String name,
      Starting<T> starting,
      Consumer<T> end) {
    SharedServer<T> shared =
        context
            .getRoot()
            .getStore(kept)
            .computeIfAbsent(name, _ -> start(name, starting, end), SharedServer.class);
    return switch (shared) {
      case Running<T> running -> running.server();
      case Absent<T> absent -> throw absent.skipped();
      case Refused<T> refused -> throw refused.failed();
    };
  }

  private static <T> SharedServer<T> start(String name, Starting<T> starting, Consumer<T> end) {
    try {
      return new Running<>(starting.start(), end);
    } catch (TestAbortedException skipped) {
      return new Absent<>(skipped);
    } catch (AssertionFailedError failed) {
      return new Refused<>(failed);
    } catch (IOException e) {
      throw new IllegalStateException("cannot start " + name, e);
    }
  }
}
