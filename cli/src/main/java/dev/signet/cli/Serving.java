package dev.signet.cli;

import dev.signet.operator.Operator;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs an operator until this process is told to end: SIGTERM and Ctrl-C let what is under way end,
 * with exit code 0; SIGUSR1 makes a sealing key.
 */
final class Serving {

  /** A process that is told to end while it starts waits so long for itself. */
  private static final Duration STARTS_WITHIN = Duration.ofSeconds(5);

  /** Starts an operator. */
  interface Start {
    Operator start() throws IOException;
  }

  private Serving() {}

  /** The exit code. */
  static int until(Start start) throws IOException {
    // From the first moment on: the endpoints answer before all of it has started.
    BlockingQueue<Operator> running = new ArrayBlockingQueue<>(1);
    Thread stop = new Thread(() -> stop(running), "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    AtomicBoolean asked = new AtomicBoolean();
    Signals.on(
        "USR1",
        () -> {
          asked.set(true);
          makeKey(asked, running);
        });
    try {
      Operator operator = start.start();
      running.add(operator);
      makeKey(asked, running);
      operator.await();
      return ExitCode.OK;
    } catch (IOException | RuntimeException e) {
      Runtime.getRuntime().removeShutdownHook(stop);
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.FAILED;
    }
  }

  /** A signal that comes while the operator starts is heard when it has. */
  private static void makeKey(AtomicBoolean asked, BlockingQueue<Operator> running) {
    Operator operator = running.peek();
    if (operator != null && asked.getAndSet(false)) {
      operator.makeKey();
    }
  }

  /** In the thread that ends the process: what it waits for is all that is waited for. */
  private static void stop(BlockingQueue<Operator> running) {
    int code = ExitCode.OK;
    try {
      Operator operator = running.poll(STARTS_WITHIN.toSeconds(), TimeUnit.SECONDS);
      if (operator != null) {
        // What was interrupted begins again in the process that leads next.
        var _ = operator.stop(Operator.GRACE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      code = ExitCode.FAILED;
    }
    // Without this the JVM would end with the number of the signal.
    Runtime.getRuntime().halt(code);
  }
}
