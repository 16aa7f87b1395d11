package dev.signet.operator;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.Ref;
import dev.signet.operator.shadow.Shadow;
import java.time.Duration;

/** Ends what is known of an object's differences with it. */
record ShadowJournal(Journal journal, Shadow shadow) implements Journal {

  @Override
  public void reconciled(Ref ref, Reconciled result, Duration took) {
    journal.reconciled(ref, result, took);
  }

  @Override
  public void gone(Ref ref) {
    shadow.gone(ref);
    journal.gone(ref);
  }

  @Override
  public void unread(Ref ref, ObjectsException why) {
    journal.unread(ref, why);
  }
}
