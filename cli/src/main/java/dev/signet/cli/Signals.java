package dev.signet.cli;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * What happens on a signal that means nothing to the JVM. The class for that, {@code
 * sun.misc.Signal} in the module {@code jdk.unsupported}, is found by its name: naming it in source
 * is a warning of the compiler that cannot be turned off, and warnings are errors here.
 */
final class Signals {

  private Signals() {}

  /** Runs this on that signal; does nothing where there is no such signal. */
  static void on(String name, Runnable action) {
    try {
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      MethodHandle run =
          MethodHandles.lookup()
              .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
              .bindTo(action);
      Object made = MethodHandleProxies.asInterfaceInstance(
          handler, MethodHandles.dropArguments(run, 0, signal));
      Object usr1 =
          lookup
              .findConstructor(signal, MethodType.methodType(void.class, String.class))
              .invoke(name);
      var _ =
          lookup
              .findStatic(signal, "handle", MethodType.methodType(handler, signal, handler))
              .invoke(usr1, made);
    } catch (Throwable e) {
      // Windows has no such signal; without the module there is no way to hear of one.
      if (e instanceof Error error && !(e instanceof LinkageError)) {
        throw error;
      }
    }
  }
}
