package dev.signet.operator;

import dev.signet.core.sealing.RsaProviders;
import dev.signet.delivery.Controller;
import dev.signet.delivery.Event;
import dev.signet.delivery.Evidence;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.queue.Pace;
import dev.signet.delivery.queue.WorkQueue;
import dev.signet.delivery.queue.Workers;
import dev.signet.delivery.traffic.StoreGates;
import dev.signet.dialects.externalsecrets.ExternalSecretReport;
import dev.signet.dialects.externalsecrets.SyncSchedule;
import dev.signet.dialects.externalsecrets.Validation;
import dev.signet.dialects.sealedsecrets.KeyRules;
import dev.signet.dialects.sealedsecrets.SealedSecretController;
import dev.signet.dialects.sealedsecrets.SealingKeys;
import dev.signet.dialects.sealedsecrets.escrow.EscrowPlan;
import dev.signet.kube.Cluster;
import dev.signet.kube.Connection;
import dev.signet.kube.Events;
import dev.signet.kube.Leadership;
import dev.signet.kube.Namespaces;
import dev.signet.kube.Options;
import dev.signet.operator.admission.Webhook;
import dev.signet.operator.shadow.Shadow;
import dev.signet.template.Template;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
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

  /** For how long a value that was fetched serves the others who waited for it at that time. */
  private static final Duration SHARED = Duration.ofSeconds(2);

  private static final Duration LAST_REQUEST = Duration.ofSeconds(3);

  private final Metrics metrics;
  private final List<Endpoints> endpoints = new ArrayList<>();
  private final Controllers made;
  private final SealingEndpoints sealing;
  private final KeyKeeper keeper;
  private final MoreNamespaces more;
  private final Cluster cluster;
  private final Events events;
  private final WorkQueue queue;
  private final StoreGates gates;
  private final Workers workers;
  private final Turns turns;
  private final Optional<EscrowWatch> escrow;
  private final Optional<Shadow> shadow;
  private final StandingBack standing;
  private final SealingKeys keys;
  private final AtomicReference<Optional<String>> note = new AtomicReference<>(Optional.empty());
  private final Optional<Leadership> leadership;
  private final Thread elections;
  private final Optional<Webhook> webhook;
  private final Thread reporter;
  private final Thread namespaces;
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
    return start(settings, Optional.empty(), connection, RsaProviders.jdk(), clock, random);
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
    return start(settings, escrow, connection, RsaProviders.jdk(), clock, random);
  }

  /**
   * The same with another RSA than the JDK's.
   *
   * @param rsa whose opens
   */
  public static Operator start(
      Settings settings,
      Optional<EscrowPlan> escrow,
      Connection connection,
      RsaProviders rsa,
      Clock clock,
      SecureRandom random)
      throws IOException {
    boolean shadow = settings.beside().isShadow();
    if (shadow && escrow.isPresent()) {
      throw new IllegalArgumentException("shadow mode writes nothing, copies of keys included");
    }
    return new Operator(
        shadow ? settings.inShadow() : settings, escrow, connection, rsa, clock, random);
  }

  private Operator(
      Settings settings,
      Optional<EscrowPlan> plan,
      Connection connection,
      RsaProviders rsa,
      Clock clock,
      SecureRandom random)
      throws IOException {
    SealedSecretsSettings sealed = settings.dialects().sealedSecrets();
    Beside beside = settings.beside();
    metrics = new Metrics(settings.version(), sealed.namesInMetrics());
    shadow = beside.isShadow() ? Optional.of(shadow(beside, sealed, clock)) : Optional.empty();
    shadow.ifPresent(metrics::shadow);
    // First of all: whoever asks whether the process lives must not wait for a cluster or a key.
    AtomicReference<Optional<String>> unready =
        new AtomicReference<>(Optional.of("the process has just begun"));
    Optional<Endpoints> main = listen(settings.http(), unready::get);

    AtomicReference<BooleanSupplier> leads = new AtomicReference<>(() -> false);
    BooleanSupplier works = () -> leads.get().getAsBoolean();
    BooleanSupplier mayWrite = () -> shadow.isEmpty() && works.getAsBoolean();
    cluster =
        new Cluster(
            connection,
            Kinds.READ,
            Options.defaults()
                .withRate(settings.rate())
                .withWriteGate(mayWrite)
                .withFieldManager(beside.writer())
                .withUserAgent(beside.writer() + "/" + settings.version())
                .withRemembered(settings.dialects().economy() ? Kinds.REFRESHED : Map.of()));
    events = cluster.events(Kinds::eventSource, settings.identity(), clock, metrics::event);
    Memory memory = new Memory(this::event);
    AtomicReference<IntSupplier> managed = new AtomicReference<>(() -> 0);
    Removals removals =
        new Removals(
            settings.dialects().removals(), () -> managed.get().getAsInt(), System::nanoTime);
    metrics.removals(removals);
    Objects objects = new CountedObjects(cluster, metrics, removals::orFail);
    OtherController other = new OtherController(beside.quiet(), clock, System::nanoTime);
    standing = new StandingBack(cluster, other, beside);
    metrics.standingBack(standing::now);
    Objects gated = new CountedObjects(cluster, metrics, standing::orFail);
    Objects ofSealed = shadow.map(it -> it.over(gated)).orElse(gated);
    Evidence evidence = shadow.isPresent() ? Shadow.evidence(this::event) : memory;
    keys = new SealingKeys(ofSealed, evidence, clock, random, sealed.keys(), rsa);
    metrics.observe(keys::lastRing);
    keeper =
        new KeyKeeper(keys, sealed.renewal(), clock, () -> shadow.isEmpty() && !standing.now());
    sealing = new SealingEndpoints(keys, sealed.sealing(), random, metrics::answered);
    main.ifPresent(it -> it.mount("/v1/", sealing));
    gates = new StoreGates(SHARED, System::nanoTime);
    List<Controller> controllers = new ArrayList<>();
    Controller unsealing =
        new SealedSecretController(
            ofSealed,
            evidence,
            keys,
            new Template.Sources(clock, ZoneOffset.UTC, random),
            sealed.delivery());
    controllers.add(shadow.map(it -> it.over(unsealing)).orElse(unsealing));
    made = new Controllers(cluster, metrics, memory, clock, random);
    if (settings.dialects().externalSecrets()) {
      controllers.addAll(
          shadow
              .map(it -> Controllers.compared(it, gated, clock))
              .orElseGet(() -> made.externalSecrets(settings, objects, gates)));
    }
    settings
        .dialects()
        .sopsSecrets()
        .ifPresent(it -> controllers.add(made.sopsSecrets(it, settings)));
    controllers.removeIf(each -> !settings.dialects().has(each.kind().kind()));
    queue =
        new WorkQueue(
            Pace.DEFAULT.withQuickRetries(settings.looks().quickRetries()),
            new StoreLanes(controllers, gates, settings.workers()),
            System::nanoTime);
    gates.wishes(queue::since);
    gates.onRecovery(queue::wake);
    metrics.stores(gates);
    Journal log = new JournalLog(metrics, this::instance, this::schedule, this::keys);
    Engine engine =
        new Engine(
            controllers,
            objects,
            memory,
            queue,
            shadow.<Journal>map(it -> new ShadowJournal(log, it)).orElse(log),
            settings.looks(),
            works,
            standing::holds);
    managed.set(() -> engine.count("ExternalSecret"));
    Consumer<Ref> changed =
        ref -> {
          // First of all: what comes after it asks whether another controller is at work.
          standing.changed(ref);
          engine.changed(ref);
        };
    metrics.observe(queue::depth, mayWrite);
    turns = new Turns(engine, this::settled, keeper);

    Settings.Area area = settings.area();
    Watched watched = new Watched(cluster, settings, changed);
    watched.in(namespaces(area.namespaces()));
    more =
        new MoreNamespaces(cluster, area.more(), name -> watched.in(Namespaces.of(List.of(name))));
    namespaces = Thread.ofVirtual().name("namespaces").start(more::run);
    workers = Workers.start(settings.workers(), queue, engine::run);
    escrow =
        plan.map(
            it ->
                EscrowWatch.start(
                    it.escrow(objects, sealed.keys().namespace(), List.of(), random),
                    new EscrowWatch.Keys(
                        objects,
                        sealed.keys().namespace(),
                        () -> cluster.remembersSecrets(sealed.keys().namespace()),
                        keys::lastRing),
                    () -> mayWrite.getAsBoolean() && cluster.settled(),
                    memory,
                    metrics,
                    settings.looks().whenStalled()));

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
                  leadership.ifPresentOrElse(
                      Leadership::run, shadow.isPresent() ? turns::watches : turns::leads);
                });
    webhook =
        settings.http().webhook().isEmpty()
            ? Optional.empty()
            : Optional.of(
                Webhook.start(
                    settings.http().webhook().get(),
                    new Validation(Controllers.unasked()),
                    objects,
                    () -> mayWrite.getAsBoolean() && cluster.settled(),
                    clock,
                    random));
    webhook.ifPresent(
        it -> LOG.atInfo().addKeyValue("addr", it.address()).log("admission is answered"));
    reporter = Thread.ofVirtual().name("reporter").start(() -> report(unready, engine));
    LOG.atInfo()
        .addKeyValue("version", settings.version())
        .addKeyValue("server", cluster.connection().server())
        .addKeyValue("http", endpoints.stream().map(Endpoints::address).toList())
        .addKeyValue("identity", settings.identity())
        .log("the operator has started");
  }

  /** What answers everything but metrics, if it could be bound. */
  private Optional<Endpoints> listen(Settings.Http http, Supplier<Optional<String>> unready)
      throws IOException {
    Endpoints.limit(http.readTimeout(), http.writeTimeout());
    Optional<Endpoints.Scrape> scrape = Optional.of(metrics::write);
    Optional<Endpoints.Listing> listing =
        shadow.map(it -> new Endpoints.Listing(it::text, it::json));
    boolean all = http.metrics().isEmpty();
    Optional<Endpoints> main =
        listen(
            http,
            http.address(),
            new Endpoints.Pages(
                Optional.of(unready),
                note::get,
                all ? scrape : Optional.empty(),
                all ? listing : Optional.empty()));
    if (http.metrics().isPresent()) {
      var _ =
          listen(
              http,
              http.metrics().get(),
              new Endpoints.Pages(Optional.empty(), Optional::empty, scrape, listing));
    }
    return main;
  }

  private static Shadow shadow(Beside beside, SealedSecretsSettings sealed, Clock clock) {
    KeyRules keys = sealed.keys();
    return new Shadow(
        beside.settled(),
        Ref.secret(keys.namespace(), keys.prefix()),
        sealed.namesInMetrics(),
        clock,
        System::nanoTime);
  }

  private Optional<Endpoints> listen(
      Settings.Http http, InetSocketAddress address, Endpoints.Pages pages) throws IOException {
    try {
      Endpoints bound = Endpoints.start(address, pages);
      endpoints.add(bound);
      LOG.atInfo().addKeyValue("addr", bound.address()).log("HTTP server serving");
      return Optional.of(bound);
    } catch (IOException e) {
      if (http.required()) {
        throw e;
      }
      LOG.atError().addKeyValue("addr", address).log("HTTP server exiting: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private boolean settled() {
    return more.looked() && cluster.settled();
  }

  private String instance(Ref ref) {
    try {
      Optional<KubeObject> object = cluster.get(ref);
      return object.isEmpty()
          ? ""
          : object.get().metadata().labels().getOrDefault("app.kubernetes.io/instance", "");
    } catch (ObjectsException | MalformedObjectException e) {
      return "";
    }
  }

  private Optional<SyncSchedule> schedule(Ref ref) {
    if (!ref.kind().equals(Kinds.EXTERNAL_SECRETS.kind())) {
      return Optional.empty();
    }
    try {
      return cluster.get(ref).flatMap(SyncSchedule::of);
    } catch (ObjectsException e) {
      return Optional.empty();
    }
  }

  private Optional<Boolean> keys(Ref ref) {
    if (!ref.kind().equals(Kinds.EXTERNAL_SECRETS.kind())) {
      return Optional.empty();
    }
    try {
      return cluster.get(ref).flatMap(ExternalSecretReport::substituted);
    } catch (ObjectsException e) {
      return Optional.empty();
    }
  }

  private static Namespaces namespaces(List<String> names) {
    return names.isEmpty() ? Namespaces.all() : Namespaces.of(names);
  }

  private void event(Event event) {
    if (!event.warning() && shadow.isEmpty()) {
      // What goes wrong is logged as the outcome of the reconcile.
      LOG.atInfo()
          .addKeyValue("kind", event.about().kind().kind())
          .addKeyValue("namespace", event.about().namespace())
          .addKeyValue("name", event.about().name())
          .addKeyValue("reason", event.reason())
          .log(event.message());
    }
    if (event.reason().equals(SealingKeys.UNREADABLE)) {
      metrics.unreadableKey();
      LOG.atError()
          .addKeyValue("secret", event.about().name())
          .addKeyValue("error", event.message())
          .log("Error reading key");
    }
    if (shadow.isEmpty()) {
      events.post(event);
    }
  }

  /** Makes a sealing key soon, if this process leads. */
  public void makeKey() {
    if (shadow.isPresent()) {
      LOG.info("shadow mode: no key is made");
    } else {
      keeper.makeNow();
    }
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
                : settled() ? Optional.empty() : Optional.of(whyUnsynced()));
        reports.missing(cluster.missing());
        reports.failing(cluster.failing());
        engine.readAgain();
        gates.flights().sweep();
        if (standing.tell()) {
          turns.resume();
        }
        note.set(standing.why().map(why -> "standing back: " + why));
        shadow.ifPresent(it -> compare(it, engine));
      } while (!stopped.await(200, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void compare(Shadow shadow, Engine engine) {
    shadow.due().forEach(engine::want);
    shadow.keys(keeper.postponed(), keys.unreadable());
  }

  private String whyUnsynced() {
    return cluster.failing().values().stream()
        .findFirst()
        .orElse("the objects of the cluster are being listed");
  }

  /** Where health is told, and whatever has no address of its own. */
  public InetSocketAddress http() {
    return endpoints.getFirst().address();
  }

  /** Where metrics are told. */
  public InetSocketAddress metrics() {
    return endpoints.getLast().address();
  }

  /** Where admission is answered, if it is. */
  public Optional<InetSocketAddress> webhook() {
    return webhook.map(Webhook::address);
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
    webhook.ifPresent(Webhook::close);
    leadership.ifPresent(Leadership::close);
    end(elections);
    leadership.ifPresent(
        it -> {
          Thread release = Thread.ofVirtual().name("release").start(it::release);
          end(release);
        });
    turns.close();
    made.close();
    events.close();
    cluster.close();
    stopped.countDown();
    reporter.join();
    endpoints.forEach(Endpoints::close);
    namespaces.interrupt();
    sealing.close();
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
}
