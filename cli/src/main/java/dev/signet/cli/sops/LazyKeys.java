package dev.signet.cli.sops;

import dev.signet.core.SecretBytes;
import dev.signet.sops.MasterKey;
import dev.signet.sops.OpenKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Keys some of which are looked for only when there is something to open. */
final class LazyKeys implements OpenKeys {

  private final Supplier<List<OpenKeys>> first;
  private final OpenKeys last;
  private Optional<OpenKeys> all = Optional.empty();

  LazyKeys(Supplier<List<OpenKeys>> first, OpenKeys last) {
    this.first = first;
    this.last = last;
  }

  @Override
  public MasterKey complete(MasterKey key) throws UnavailableException {
    return last.complete(key);
  }

  @Override
  public String wrap(MasterKey key, SecretBytes part) throws UnavailableException {
    return last.wrap(key, part);
  }

  @Override
  public synchronized SecretBytes unwrap(MasterKey key) throws UnavailableException {
    if (all.isEmpty()) {
      List<OpenKeys> keys = new ArrayList<>(first.get());
      keys.add(last);
      all = Optional.of(keys.size() == 1 ? last : OpenKeys.firstOf(keys));
    }
    return all.get().unwrap(key);
  }

  @Override
  public synchronized void close() {
    all.orElse(last).close();
  }
}
