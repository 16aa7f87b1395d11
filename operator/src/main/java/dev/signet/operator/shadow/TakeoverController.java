package dev.signet.operator.shadow;

import dev.signet.delivery.Controller;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Ref;
import dev.signet.dialects.externalsecrets.Takeover;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Compares ExternalSecrets without asking their stores: what differs is what would be fetched or
 * refused. That a refresh is due is told when the other controller has not seen to it for a while.
 */
public final class TakeoverController implements Controller {

  private static final Duration AGAIN = Duration.ofMinutes(5);

  private final GroupKind kind;
  private final Objects objects;
  private final Takeover takeover;

  /**
   * @param kind one of {@link Takeover#kinds}
   * @param objects those of {@link Shadow#over(Objects)}
   * @param takeover over the same
   */
  public TakeoverController(GroupKind kind, Objects objects, Takeover takeover) {
    this.kind = kind;
    this.objects = objects;
    this.takeover = takeover;
  }

  @Override
  public GroupKind kind() {
    return kind;
  }

  @Override
  public Outcome reconcile(Ref ref) throws ObjectsException {
    Optional<KubeObject> object = objects.get(ref);
    if (object.isEmpty()) {
      return new Outcome.Done();
    }
    Look.found(takeover.look(object.get()).stream().map(TakeoverController::difference).toList());
    return new Outcome.After(AGAIN);
  }

  private static Difference difference(Takeover.Finding finding) {
    return switch (finding.kind()) {
      case FETCH ->
          new Difference(
              Difference.Kind.WOULD_FETCH,
              // The time that has passed would be another difference at each look.
              finding.why().replaceAll(" for [0-9]+ seconds", ""));
      case PUSH -> new Difference(Difference.Kind.WOULD_PUSH, finding.why());
      case WRITE -> new Difference(Difference.Kind.WOULD_WRITE, finding.why());
      case REFUSAL -> new Difference(Difference.Kind.WOULD_REFUSE, finding.why());
      case FINALIZER -> new Difference(Difference.Kind.WOULD_REFUSE, finding.why());
    };
  }

  /** Its Secret is its target or one that it reads: looked at again after any change of it. */
  @Override
  public List<Ref> concernedBy(Ref changed) {
    return changed.kind().equals(GroupKind.SECRET)
        ? List.of(new Ref(kind, changed.namespace(), changed.name()))
        : List.of();
  }
}
