package dev.signet.operator;

import dev.signet.delivery.ObjectsException;
import dev.signet.kube.Connection;
import dev.signet.kube.Leadership;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The operator in a JVM of its own, to be killed and paused: it is told its kubeconfig, namespace,
 * port, identity and log file.
 */
public final class OperatorProcess {

  private OperatorProcess() {}

  public static void main(String[] args)
      throws IOException, ObjectsException, InterruptedException {
    Logs.to(new FileOutputStream(args[4], true), Logs.Format.json, Logs.Threshold.debug);
    Settings settings =
        new Settings(
            List.of(args[1]),
            "",
            args[1],
            /* makeKey= */ false,
            2048,
            Optional.of(
                new Settings.Election(
                    args[1],
                    "signet",
                    new Leadership.Terms(
                        Duration.ofSeconds(4), Duration.ofSeconds(3), Duration.ofMillis(500)))),
            args[3],
            4,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[2])),
            1000,
            1000,
            Duration.ofMinutes(10),
            "test",
            SealingEndpoints.Terms.DEFAULT);
    Clock clock = Clock.systemUTC();
    Operator operator =
        Operator.start(
            settings,
            Connection.kubeconfig(List.of(Path.of(args[0])), Optional.empty(), Map.of(), clock),
            clock,
            new SecureRandom());
    operator.await();
  }
}
