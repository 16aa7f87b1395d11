package dev.signet.operator;

import dev.signet.delivery.Controller;
import dev.signet.delivery.Event;
import dev.signet.delivery.Objects;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.queue.Pace;
import dev.signet.delivery.queue.WorkQueue;
import dev.signet.delivery.queue.Workers;
import dev.signet.delivery.store.FakeStore;
import dev.signet.dialects.externalsecrets.ExternalSecretController;
import dev.signet.dialects.externalsecrets.SecretStoreController;
import dev.signet.dialects.externalsecrets.Stores;
import dev.signet.dialects.sealedsecrets.SealedSecretController;
import dev.signet.dialects.sealedsecrets.SealingKeys;
import dev.signet.dialects.sealedsecrets.escrow.EscrowPlan;
import dev.signet.kube.Cluster;
import dev.signet.kube.Connection;
import dev.signet.kube.Events;
import dev.signet.kube.Leadership;
import dev.signet.kube.Namespaces;
import dev.signet.kube.Options;
import dev.signet.kube.Resource;
import dev.signet.template.Template;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator, wired by hand: it watches a cluster, and while it leads it keeps the Secrets there
 * as their resources say.
 *
 * <p>Stores read nothing of the machine that this runs on: whoever may make a store in the cluster
 * must not read the operator's own files through it.
 */
public final class Operator {

  private static final Logger LOG = LoggerFactory.getLogger("dev.signet.operator");

  /** What {@link #stop} gives to reconciles that are under way. */
  public static final Duration GRACE = Duration.ofSeconds(20);

  private static final Duration LAST_REQUEST = Duration.ofSeconds(3);

  private final Metrics metrics;
  private final Endpoints endpoints;
  private final Cluster cluster;
  private final Events events;
  private final WorkQueue queue;
  private final Workers workers;
  private final Turns turns;
  private final Optional<EscrowWatch> escrow;
  private final Optional<Leadership> leadership;
  private final Thread elections;
  private final Thread reporter;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean stopping;

  /**
   * Starts it and returns: the endpoints answer, all else goes on by itself.
   *
   * @throws IOException when the address of the endpoints cannot be bound
   */
  public static Operator start(
      Settings settings, Connection connection, Clock clock, SecureRandom random)
      throws IOException {
    return start(settings, Optional.empty(), connection, clock, random);
  }

  /**
   * The same, and keeps copies of the sealing keys.
   *
   * @param escrow where to, and for whom
   */
  public static Operator start(
      Settings settings,
      Optional<EscrowPlan> escrow,
      Connection connection,
      Clock clock,
      SecureRandom random)
      throws IOException {
    return new Operator(settings, escrow, connection, clock, random);
  }

  private Operator(
      Settings settings,
      Optional<EscrowPlan> plan,
      Connection connection,
      Clock clock,
      SecureRandom random)
      throws IOException {
    metrics = new Metrics(settings.version());
    // First of all: whoever asks whether the process lives must not wait for a cluster or a key.
    AtomicReference<Optional<String>> unready =
        new AtomicReference<>(Optional.of("the process has just begun"));
    endpoints = Endpoints.start(settings.http(), () -> unready.get(), metrics::write);

    AtomicReference<BooleanSupplier> leads = new AtomicReference<>(() -> false);
    BooleanSupplier mayWrite = () -> leads.get().getAsBoolean();
    cluster =
        new Cluster(
            connection,
            Resources.ALL,
            Options.defaults()
                .withRate(settings.qps(), settings.burst())
                .withWriteGate(mayWrite)
                .withUserAgent("signet-operator/" + settings.version()));
    events = cluster.events(Resources::eventSource, settings.identity(), clock, metrics::event);
    Memory memory = new Memory(this::event);
    Objects objects = new CountedObjects(cluster, metrics);
    SealingKeys keys =
        new SealingKeys(
            objects, memory, clock, random, settings.keyNamespace(), settings.keyBits());
    Stores stores = new Stores(objects, List.of(FakeStore.provider()));
    List<Controller> controllers =
        List.of(
            new SealedSecretController(
                objects, memory, keys, new Template.Sources(clock, ZoneOffset.UTC, random)),
            SecretStoreController.clusterWide(objects, memory, stores, clock),
            SecretStoreController.namespaced(objects, memory, stores, clock),
            ExternalSecretController.whenDue(objects, memory, stores, clock));
    queue = new WorkQueue(Pace.DEFAULT, System::nanoTime);
    Engine engine =
        new Engine(
            controllers,
            objects,
            memory,
            queue,
            new JournalLog(metrics),
            settings.resync(),
            mayWrite);
    metrics.observe(queue::depth, mayWrite);
    turns =
        new Turns(
            engine, cluster::settled, settings.makeKey() ? Optional.of(keys) : Optional.empty());

    cluster.watch(
        Resources.DELIVERED_FROM,
        namespaces(settings.namespaces()),
        settings.labelSelector(),
        engine::changed);
    cluster.watch(
        Resources.STORES,
        namespaces(settings.namespaces()),
        /* labelSelector= */ "",
        engine::changed);
    List<String> withKeys = new ArrayList<>(settings.namespaces());
    withKeys.add(settings.keyNamespace());
    cluster.watch(
        List.of(Resource.SECRETS),
        settings.namespaces().isEmpty() ? Namespaces.all() : Namespaces.of(withKeys),
        /* labelSelector= */ "",
        engine::changed);
    workers = Workers.start(settings.workers(), queue, engine::run);
    escrow =
        plan.map(
            it ->
                EscrowWatch.start(
                    it.escrow(objects, settings.keyNamespace(), List.of(), random),
                    new EscrowWatch.Keys(objects, settings.keyNamespace()),
                    () -> mayWrite.getAsBoolean() && cluster.settled(),
                    memory,
                    metrics,
                    settings.resync()));

    leadership =
        settings
            .election()
            .map(
                election ->
                    cluster.leadership(
                        election.namespace(),
                        election.lease(),
                        settings.identity(),
                        election.terms(),
                        clock,
                        turns));
    elections =
        Thread.ofVirtual()
            .name("elections")
            .start(
                () -> {
                  leads.set(leadership.<BooleanSupplier>map(it -> it::holds).orElse(() -> true));
                  leadership.ifPresentOrElse(Leadership::run, turns::leads);
                });
    reporter = Thread.ofVirtual().name("reporter").start(() -> report(unready, engine));
    LOG.atInfo()
        .addKeyValue("version", settings.version())
        .addKeyValue("server", cluster.connection().server())
        .addKeyValue("http", endpoints.address())
        .addKeyValue("identity", settings.identity())
        .log("the operator has started");
  }

  private static Namespaces namespaces(List<String> names) {
    return names.isEmpty() ? Namespaces.all() : Namespaces.of(names);
  }

  private void event(Event event) {
    if (!event.warning()) {
      // What goes wrong is logged as the outcome of the reconcile.
      LOG.atInfo()
          .addKeyValue("kind", event.about().kind().kind())
          .addKeyValue("namespace", event.about().namespace())
          .addKeyValue("name", event.about().name())
          .addKeyValue("reason", event.reason())
          .log(event.message());
    }
    events.post(event);
  }

  /**
   * Says once what is missing or fails, keeps readiness up to date, and reads what could not be.
   */
  private void report(AtomicReference<Optional<String>> unready, Engine engine) {
    try {
      Reports reports = new Reports();
      do {
        unready.set(
            stopping
                ? Optional.of("the process is stopping")
                : cluster.settled() ? Optional.empty() : Optional.of(whyUnsynced()));
        reports.missing(cluster.missing());
        reports.failing(cluster.failing());
        engine.readAgain();
      } while (!stopped.await(200, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String whyUnsynced() {
    return cluster.failing().values().stream()
        .findFirst()
        .orElse("the objects of the cluster are being listed");
  }

  /** Where the endpoints answer. */
  public InetSocketAddress http() {
    return endpoints.address();
  }

  /** Waits until {@link #stop} has ended. */
  public void await() throws InterruptedException {
    stopped.await();
  }

  /**
   * Begins nothing new, lets what is under way end, gives the Lease back and closes everything;
   * whether all reconciles ended in time. Calling it again waits for the first call.
   */
  public synchronized boolean stop(Duration grace) throws InterruptedException {
    if (stopping) {
      return true;
    }
    stopping = true;
    LOG.info("stopping");
    // The Lease is renewed until the last write is through.
    boolean ended = workers.stop(grace);
    escrow.ifPresent(EscrowWatch::close);
    leadership.ifPresent(Leadership::close);
    end(elections);
    leadership.ifPresent(
        it -> {
          Thread release = Thread.ofVirtual().name("release").start(it::release);
          end(release);
        });
    turns.close();
    events.close();
    cluster.close();
    stopped.countDown();
    reporter.join();
    endpoints.close();
    LOG.info(ended ? "stopped" : "stopped; some reconciles were interrupted");
    return ended;
  }

  /** A cluster that does not answer must not keep this process from ending. */
  private static void end(Thread thread) {
    try {
      if (!thread.join(LAST_REQUEST)) {
        thread.interrupt();
        thread.join();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  /** The resources that the operator watches. */
  static final class Resources {

    static final Resource SEALED_SECRETS =
        new Resource(
            new GroupKind("bitnami.com", "SealedSecret"),
            List.of("v1alpha1"),
            "sealedsecrets",
            true);
    static final Resource EXTERNAL_SECRETS = external("ExternalSecret", "externalsecrets", true);
    static final Resource SECRET_STORES = external("SecretStore", "secretstores", true);
    static final Resource CLUSTER_SECRET_STORES =
        external("ClusterSecretStore", "clustersecretstores", false);

    static final List<Resource> DELIVERED_FROM = List.of(SEALED_SECRETS, EXTERNAL_SECRETS);
    static final List<Resource> STORES = List.of(SECRET_STORES, CLUSTER_SECRET_STORES);
    static final List<Resource> ALL =
        List.of(SEALED_SECRETS, EXTERNAL_SECRETS, SECRET_STORES, CLUSTER_SECRET_STORES);

    private Resources() {}

    private static Resource external(String kind, String plural, boolean namespaced) {
      return new Resource(
          new GroupKind("external-secrets.io", kind), List.of("v1", "v1beta1"), plural, namespaced);
    }

    /** Upstream's name for whoever reports on objects of that kind. */
    static String eventSource(GroupKind kind) {
      return kind.group().equals("external-secrets.io") ? "external-secrets" : "sealed-secrets";
    }
  }
}
