package dev.signet.operator;

import dev.signet.delivery.Controller;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.queue.Pace;
import dev.signet.delivery.queue.WorkQueue;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.delivery.traffic.StoreGates;
import dev.signet.dialects.externalsecrets.AccountTokens;
import dev.signet.dialects.externalsecrets.ExternalSecretController;
import dev.signet.dialects.externalsecrets.Fetching;
import dev.signet.dialects.externalsecrets.Generating;
import dev.signet.dialects.externalsecrets.GeneratorNotes;
import dev.signet.dialects.externalsecrets.GeneratorStateController;
import dev.signet.dialects.externalsecrets.InstallationKey;
import dev.signet.dialects.externalsecrets.NamespaceController;
import dev.signet.dialects.externalsecrets.SecretStoreController;
import dev.signet.dialects.externalsecrets.Stores;
import dev.signet.dialects.externalsecrets.Takeover;
import dev.signet.dialects.externalsecrets.Templates;
import dev.signet.dialects.externalsecrets.generators.Generators;
import dev.signet.template.Template;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The operator's engine, queue, gates and External Secrets' controllers in virtual time, one object
 * at a time, over objects in memory.
 */
final class VirtualOperator {

  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private final InMemory inner;
  private final Removals removals;
  private final WorkQueue queue;
  private final Engine engine;
  private final StoreGates gates;
  private final Takeover takeover;
  private final GeneratorNotes notes;
  private long now;
  private int runs;

  VirtualOperator(InMemory memory, StoreProvider store, Duration age) {
    this(memory, store, age, Removals.Limit.NONE);
  }

  VirtualOperator(InMemory inner, StoreProvider store, Duration age, Removals.Limit limit) {
    this(inner, store, age, limit, Generators.with());
  }

  VirtualOperator(
      InMemory inner,
      StoreProvider store,
      Duration age,
      Removals.Limit limit,
      Generators generators) {
    this.inner = inner;
    removals = new Removals(limit, () -> engine().count("ExternalSecret"), () -> now);
    Objects objects = new CountedObjects(inner, (_, _) -> {}, removals::orFail);
    this.now = age.toNanos();
    SecureRandom random = new SecureRandom();
    InstantSource instants = this::time;
    Clock clock = clock(instants);
    gates = new StoreGates(Duration.ofSeconds(2), () -> now);
    Memory memory = new Memory(_ -> {});
    Stores stores = new Stores(objects, AccountTokens.NONE, List.of(store), gates);
    takeover = new Takeover(inner, stores, clock);
    notes = new GeneratorNotes(objects, clock, random);
    Generating generating =
        new Generating(objects, AccountTokens.NONE, generators, Optional.of(notes), clock, random);
    Fetching fetching =
        new Fetching(
            stores,
            generating,
            new Templates(
                objects,
                new InstallationKey(objects, "system", random),
                new Template.Sources(clock, ZoneOffset.UTC, random)));
    List<Controller> controllers =
        List.of(
            SecretStoreController.clusterWide(objects, memory, stores, clock),
            SecretStoreController.namespaced(objects, memory, stores, clock),
            ExternalSecretController.whenDue(objects, memory, fetching, clock),
            new GeneratorStateController(objects, memory, generating, clock),
            new NamespaceController(objects));
    queue = new WorkQueue(Pace.DEFAULT, new StoreLanes(controllers, gates, 16), () -> now);
    gates.wishes(queue::since);
    gates.onRecovery(queue::wake);
    engine =
        new Engine(
            controllers,
            objects,
            memory,
            queue,
            new Silent(),
            Settings.Looks.every(Duration.ofMinutes(10)),
            () -> true);
    inner.onChange(engine::changed);
  }

  private Engine engine() {
    return engine;
  }

  Removals removals() {
    return removals;
  }

  private static Clock clock(InstantSource instants) {
    return new Clock() {
      @Override
      public Instant instant() {
        return instants.instant();
      }

      @Override
      public java.time.ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(java.time.ZoneId zone) {
        return this;
      }
    };
  }

  /** What a dry run says before this starts. */
  List<String> takeover() {
    List<String> found = new ArrayList<>();
    try {
      for (GroupKind kind : Takeover.kinds()) {
        for (KubeObject each : inner.list(kind)) {
          takeover.look(each).stream()
              .map(it -> it.about() + " " + it.kind() + " " + it.why())
              .forEach(found::add);
        }
      }
    } catch (ObjectsException e) {
      throw new IllegalStateException(e);
    }
    return found;
  }

  Instant time() {
    return BEGIN.plusNanos(now);
  }

  GeneratorNotes notes() {
    return notes;
  }

  StoreGates gates() {
    return gates;
  }

  /** How many reconciles there were. */
  int runs() {
    return runs;
  }

  /** Sees all there is, as after a start. */
  VirtualOperator lead() {
    for (Ref ref : inner.all()) {
      engine.changed(ref);
    }
    engine.lead();
    return this;
  }

  /** Lets that much time pass, and does what is due in it. */
  void pass(Duration time) {
    long end = now + time.toNanos();
    while (true) {
      Optional<Ref> next = queue.poll();
      if (next.isPresent()) {
        runs++;
        queue.finish(next.get(), engine.run(next.get()));
        continue;
      }
      OptionalLong idle = queue.idleFor();
      if (idle.isEmpty() || idle.getAsLong() > end - now) {
        now = end;
        return;
      }
      now += Math.max(1, idle.getAsLong());
    }
  }

  private static final class Silent implements Journal {
    @Override
    public void reconciled(Ref ref, Reconciled result, Duration took) {
      if (result instanceof Reconciled.Crashed(Throwable bug)) {
        throw new AssertionError("reconciling " + ref, bug);
      }
    }

    @Override
    public void gone(Ref ref) {}

    @Override
    public void unread(Ref ref, ObjectsException why) {}
  }
}
