package dev.signet.cli;

import dev.signet.delivery.Delivery;
import dev.signet.delivery.Event;
import dev.signet.delivery.Evidence;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.directory.Manifest;
import dev.signet.delivery.directory.Manifests;
import dev.signet.delivery.directory.Project;
import dev.signet.delivery.directory.State;
import dev.signet.delivery.directory.StateException;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Ref;
import dev.signet.dialects.sealedsecrets.KeyRules;
import dev.signet.dialects.sealedsecrets.KeySecrets;
import dev.signet.dialects.sealedsecrets.SealedSecret;
import dev.signet.dialects.sealedsecrets.SealingKeys;
import dev.signet.kube.Cluster;
import dev.signet.kube.Resource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where the keys are that a command means, and the SealedSecrets there: a project or a cluster. */
final class KeyPlace implements AutoCloseable {

  private static final Resource SEALED_SECRETS =
      new Resource(SealedSecret.KIND, List.of("v1alpha1"), "sealedsecrets", true);

  @FunctionalInterface
  private interface Ending {
    void run() throws StateException;
  }

  private final Surroundings surroundings;
  private final Objects objects;
  private final Evidence evidence;
  private final String namespace;
  private final Optional<Directory> directory;
  private final Ending saving;
  private final Ending closing;

  private KeyPlace(
      Surroundings surroundings,
      Objects objects,
      Evidence evidence,
      String namespace,
      Optional<Directory> directory,
      Ending saving,
      Ending closing) {
    this.surroundings = surroundings;
    this.objects = objects;
    this.evidence = evidence;
    this.namespace = namespace;
    this.directory = directory;
    this.saving = saving;
    this.closing = closing;
  }

  static KeyPlace onCluster(Surroundings surroundings, ClusterChoice choice, String namespace)
      throws CommandFailure {
    Cluster cluster =
        new Cluster(
            choice.connect(surroundings),
            List.of(SEALED_SECRETS),
            dev.signet.kube.Options.defaults().withUserAgent("signet/" + Version.text()));
    return new KeyPlace(
        surroundings,
        cluster,
        new Warnings(surroundings),
        namespace,
        Optional.empty(),
        () -> {},
        cluster::close);
  }

  /** Without taking the state for writing. */
  static KeyPlace read(Surroundings surroundings, Options.State options) throws StateException {
    State state = Projects.of(surroundings, options).read();
    return inDirectory(surroundings, state, () -> {}, state::close);
  }

  static KeyPlace write(Surroundings surroundings, Options.State options, String what)
      throws StateException {
    Project.Session session =
        Projects.of(surroundings, options)
            .begin(
                "signet keys " + what + " (pid " + ProcessHandle.current().pid() + ")",
                Duration.ofSeconds(options.wait));
    return inDirectory(surroundings, session.state(), session::save, session::close);
  }

  private static KeyPlace inDirectory(
      Surroundings surroundings, State state, Ending saving, Ending closing) {
    Directory directory = Projects.remembered(surroundings, state);
    return new KeyPlace(
        surroundings,
        directory,
        directory,
        SealingKeys.NAMESPACE,
        Optional.of(directory),
        saving,
        closing);
  }

  Objects objects() {
    return objects;
  }

  String namespace() {
    return namespace;
  }

  /** What makes keys there. */
  SealingKeys keys(int bits) {
    return keys(bits, surroundings.clock());
  }

  /** At another time. */
  SealingKeys keys(int bits, Clock clock) {
    return new SealingKeys(
        objects,
        evidence,
        clock,
        surroundings.random(),
        KeyRules.DEFAULT.withNamespace(namespace).withBits(bits));
  }

  KeySecrets secrets() {
    return new KeySecrets(objects, namespace);
  }

  /**
   * The SealedSecrets of those manifests; without any, of the cluster, or of the manifests that
   * were applied last.
   */
  List<KubeObject> sealed(List<String> files, Optional<String> only)
      throws CommandFailure, ObjectsException {
    List<Path> sources = new ArrayList<>();
    for (String file : files) {
      Path path = surroundings.path(file);
      if (!Files.exists(path)) {
        throw CommandFailure.of("cannot read " + file + ": no such file or directory");
      }
      sources.add(path);
    }
    if (sources.isEmpty()) {
      if (directory.isEmpty()) {
        return objects.list(SealedSecret.KIND).stream()
            .filter(
                object -> object.ref().namespace().equals(only.orElse(object.ref().namespace())))
            .toList();
      }
      directory.get().remembered().forEach(each -> sources.add(Path.of(each)));
    }
    Manifests manifests = Manifests.read(sources, only.orElse("default"));
    for (Manifests.Failure failure : manifests.failures()) {
      Signet.error(surroundings, failure.where() + ": " + failure.why(), "it is left out");
    }
    return manifests.all().stream()
        .map(Manifest::object)
        .filter(object -> object.ref().kind().equals(SealedSecret.KIND))
        .toList();
  }

  void save() throws StateException {
    saving.run();
  }

  @Override
  public void close() throws StateException {
    closing.run();
  }

  /** What would be events in an operator. */
  private record Warnings(Surroundings surroundings) implements Evidence {

    @Override
    public void event(Event event) {
      if (event.warning()) {
        surroundings.err().println("warning: " + event.about() + ": " + event.message());
      }
    }

    @Override
    public Optional<Delivery> delivery(Ref resource, Ref target) {
      return Optional.empty();
    }

    @Override
    public void delivered(Delivery delivery) {
      throw new UnsupportedOperationException("keys are not delivered");
    }
  }
}
