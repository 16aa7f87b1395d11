package dev.signet.cli.sops;

import dev.signet.core.SecretBytes;
import dev.signet.remote.KeyServiceAddress;
import dev.signet.remote.KeyServiceClient;
import dev.signet.remote.KeyServiceServer;
import dev.signet.sops.KeyWrapping;
import dev.signet.sops.MasterKey;
import dev.signet.sops.OpenKeys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Keys of other processes, and being such a process. */
final class KeyServices {

  private KeyServices() {}

  static OpenKeys client(String address) throws SopsFailure {
    try {
      return new KeyServiceClient(KeyServiceAddress.parse(address));
    } catch (IOException e) {
      throw SopsFailure.of(String.valueOf(e.getMessage()));
    }
  }

  @FunctionalInterface
  private interface Attempt<T> {
    T by(OpenKeys service) throws KeyWrapping.UnavailableException;
  }

  /** One after the other, for each key anew, until one can; the first completes keys. */
  static OpenKeys firstOf(List<OpenKeys> services) {
    return new OpenKeys() {
      private <T> T first(Attempt<T> attempt) throws UnavailableException {
        List<String> reasons = new ArrayList<>();
        for (OpenKeys each : services) {
          try {
            return attempt.by(each);
          } catch (UnavailableException e) {
            reasons.add(e.getMessage());
          }
        }
        throw new UnavailableException(String.join("; ", reasons));
      }

      @Override
      public MasterKey complete(MasterKey key) throws UnavailableException {
        return services.getFirst().complete(key);
      }

      @Override
      public String wrap(MasterKey key, SecretBytes part) throws UnavailableException {
        return first(service -> service.wrap(key, part));
      }

      @Override
      public SecretBytes unwrap(MasterKey key) throws UnavailableException {
        return first(service -> service.unwrap(key));
      }

      @Override
      public void close() {
        services.forEach(OpenKeys::close);
      }
    };
  }

  /** Answers until this process is told to end, which is no failure. */
  static int serve(Session session) throws SopsFailure {
    SopsWorld world = session.world();
    String network = session.local().text(Flag.NETWORK);
    String address = session.local().text(Flag.ADDRESS);
    boolean ask = session.local().is(Flag.PROMPT);
    Object oneAtATime = new Object();
    KeyServiceServer.Approval approval =
        question -> {
          if (!ask) {
            return true;
          }
          synchronized (oneAtATime) {
            try {
              return YesOrNo.answer(world, "\n" + question);
            } catch (SopsFailure e) {
              throw new IOException(e);
            }
          }
        };
    try (Keys keys = new Keys(world);
        KeyServiceServer server =
            KeyServiceServer.start(
                KeyServiceAddress.of(
                    network.isEmpty() ? "tcp" : network,
                    address.isEmpty() ? "127.0.0.1:5000" : address,
                    world.workingDirectory()),
                keys,
                approval)) {
      world.err().print("[KEYSERVICE] Listening on " + server.address() + "\n");
      world.err().flush();
      Thread stop = new Thread(() -> end(server));
      Runtime.getRuntime().addShutdownHook(stop);
      try {
        server.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      Runtime.getRuntime().removeShutdownHook(stop);
      return 0;
    } catch (IOException e) {
      throw SopsFailure.of("Error running keyservice: " + e.getMessage());
    }
  }

  private static void end(KeyServiceServer server) {
    server.close();
    // Without this the JVM would end with the number of the signal.
    Runtime.getRuntime().halt(0);
  }
}
