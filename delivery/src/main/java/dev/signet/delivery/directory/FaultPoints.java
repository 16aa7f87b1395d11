package dev.signet.delivery.directory;

/**
 * Named moments before and after every write. The program passes {@link #NONE}; tests pass one that
 * ends the process at a given name, to prove that whatever is found afterwards is the old state or
 * the new one.
 */
@FunctionalInterface
public interface FaultPoints {

  FaultPoints NONE = name -> {};

  void reached(String name);
}
