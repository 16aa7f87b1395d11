package dev.signet.delivery.queue;

/** Why an object waits for its turn; the first of these goes first. */
public enum Urgency {
  /** Somebody changed it, or what it delivers into. */
  CHANGE,
  /** It is looked at for the first time since this process leads. */
  FIRST,
  /** It failed before. */
  RETRY,
  /** Its time has come. */
  PERIODIC
}
