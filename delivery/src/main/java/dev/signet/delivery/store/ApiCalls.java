package dev.signet.delivery.store;

/** Told of every call that a store sends to its back end, by whoever counts them. */
@FunctionalInterface
public interface ApiCalls {

  /** Nobody counts. */
  ApiCalls UNCOUNTED = (_, _, _) -> {};

  /**
   * A call has ended. Both names are External Secrets', where it has one.
   *
   * @param provider such as {@code Kubernetes}
   * @param call such as {@code GetSecret}
   */
  void ended(String provider, String call, boolean succeeded);
}
