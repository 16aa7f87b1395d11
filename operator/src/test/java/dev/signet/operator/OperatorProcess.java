package dev.signet.operator;

import dev.signet.delivery.ObjectsException;
import dev.signet.dialects.sealedsecrets.KeyRules;
import dev.signet.kube.Connection;
import dev.signet.kube.Leadership;
import dev.signet.kube.Rate;
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
            new Settings.Area(List.of(args[1]), List.of(), ""),
            new Settings.Dialects(
                SealedSecretsSettings.DEFAULT
                    .withKeys(KeyRules.DEFAULT.withNamespace(args[1]))
                    .withRenewal(SealedSecretsSettings.Renewal.NEVER),
                /* externalSecrets= */ true),
            Optional.of(
                new Settings.Election(
                    args[1],
                    "signet",
                    new Leadership.Terms(
                        Duration.ofSeconds(4), Duration.ofSeconds(3), Duration.ofMillis(500)))),
            args[3],
            4,
            Settings.Http.at(
                new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), Integer.parseInt(args[2]))),
            Rate.polite(1000, 1000),
            Settings.Looks.every(Duration.ofMinutes(10)),
            "test");
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
