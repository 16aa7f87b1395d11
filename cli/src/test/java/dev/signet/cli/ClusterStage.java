package dev.signet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.delivery.ObjectsException;
import dev.signet.dialects.sealedsecrets.KeyRules;
import dev.signet.kube.Connection;
import dev.signet.kube.Rate;
import dev.signet.operator.Logs;
import dev.signet.operator.Operator;
import dev.signet.operator.SealedSecretsSettings;
import dev.signet.operator.Settings;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Namespace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A shell whose kubeconfig means one namespace of a real cluster, and an operator if wanted. */
final class ClusterStage implements AutoCloseable {

  /** What operators of this process logged. */
  static final ByteArrayOutputStream LOG = new ByteArrayOutputStream();

  private final ControlPlane plane;
  private final Namespace namespace;
  private final Shell shell;
  private final StringBuilder printed = new StringBuilder();
  private Optional<Operator> operator = Optional.empty();

  ClusterStage(ControlPlane plane, Namespace namespace, Path folder) {
    this.plane = plane;
    this.namespace = namespace;
    this.shell = new Shell(folder);
    kubeconfig(plane.kubeconfig(plane.url(), plane.admin()));
    shell.set("KUBECONFIG", shell.directory().resolve("kubeconfig").toString());
  }

  /** As a user of that name, who may do what roles say. */
  void as(String user) {
    kubeconfig(plane.kubeconfig(plane.url(), plane.user(user)));
  }

  /** By way of that address. */
  void through(URI server) {
    kubeconfig(plane.kubeconfig(server, plane.admin()));
  }

  /** With the namespace of this test in its only context. */
  void kubeconfig(String text) {
    shell.write(
        "kubeconfig",
        text.replaceFirst("(?m)^( *)user: user$", "$1namespace: " + namespace.name() + "\n$0"));
  }

  Shell shell() {
    return shell;
  }

  String namespace() {
    return namespace.name();
  }

  Api api() {
    return plane.api();
  }

  Namespace place() {
    return namespace;
  }

  /** The kinds, as the program itself prints them. */
  ClusterStage withKinds() {
    shell.write("crds/crds.yaml", shell.signet("crds").succeeded().out());
    signet("apply", "-f", "crds", "--cluster", "--force-conflicts").succeeded();
    return this;
  }

  /** An operator for this namespace, whose sealing key is the committed test key. */
  ClusterStage withOperator() throws IOException {
    shell.withKey();
    shell.write(
        "key/key.yaml",
        Shell.resource("key.yaml").replace("namespace: kube-system", "namespace: " + namespace()));
    signet("apply", "-f", "key", "--cluster").succeeded();
    Logs.to(LOG, Logs.Format.json, Logs.Threshold.debug);
    SecureRandom random = new SecureRandom();
    Settings settings =
        new Settings(
            new Settings.Area(List.of(namespace()), List.of(), ""),
            new Settings.Dialects(
                SealedSecretsSettings.DEFAULT
                    .withKeys(KeyRules.DEFAULT.withNamespace(namespace()).withBits(2048))
                    .withRenewal(SealedSecretsSettings.Renewal.NEVER),
                /* externalSecrets= */ true),
            Optional.empty(),
            "operator-" + Long.toHexString(random.nextLong()),
            4,
            Settings.Http.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
            Rate.polite(1000, 1000),
            Settings.Looks.every(Duration.ofMinutes(10)),
            "test");
    try {
      operator =
          Optional.of(
              Operator.start(
                  settings,
                  Connection.kubeconfig(
                      List.of(plane.kubeconfig()), Optional.empty(), Map.of(), Clock.systemUTC()),
                  Clock.systemUTC(),
                  random));
    } catch (ObjectsException e) {
      throw new IllegalStateException(e);
    }
    return this;
  }

  /** Where the operator says what it counts. */
  String metrics() {
    InetSocketAddress address = operator.orElseThrow().metrics();
    return "http://" + address.getHostString() + ":" + address.getPort() + "/metrics";
  }

  /** Runs it, and keeps what it printed. */
  Shell.Result signet(String... args) {
    Shell.Result result = shell.signet(args);
    printed.append(result.out()).append(result.err());
    return result;
  }

  /** All that was printed and logged so far. */
  String said() {
    return printed + LOG.toString(UTF_8);
  }

  @Override
  public void close() throws IOException {
    if (operator.isPresent()) {
      try {
        var _ = operator.get().stop(Operator.GRACE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }
}
