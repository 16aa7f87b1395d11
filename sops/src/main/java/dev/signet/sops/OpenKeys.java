package dev.signet.sops;

import dev.signet.core.SecretBytes;
import java.util.ArrayList;
import java.util.List;

/** Keys that were read, until they are closed. */
public interface OpenKeys extends KeyWrapping, AutoCloseable {

  @Override
  void close();

  /**
   * Several as one: the first that unwraps does. To wrap is for the last.
   *
   * @param keys closed with what is returned; at least one
   */
  static OpenKeys firstOf(List<OpenKeys> keys) {
    List<OpenKeys> all = List.copyOf(keys);
    return new OpenKeys() {
      @Override
      public MasterKey complete(MasterKey key) throws UnavailableException {
        return all.getLast().complete(key);
      }

      @Override
      public String wrap(MasterKey key, SecretBytes part) throws UnavailableException {
        return all.getLast().wrap(key, part);
      }

      @Override
      public SecretBytes unwrap(MasterKey key) throws UnavailableException {
        List<String> reasons = new ArrayList<>();
        for (OpenKeys each : all) {
          try {
            return each.unwrap(key);
          } catch (UnavailableException e) {
            reasons.add(e.getMessage());
          }
        }
        throw new UnavailableException(String.join("; ", reasons.stream().distinct().toList()));
      }

      @Override
      public void close() {
        all.forEach(OpenKeys::close);
      }
    };
  }
}
