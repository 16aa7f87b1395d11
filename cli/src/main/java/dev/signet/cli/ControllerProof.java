package dev.signet.cli;

import dev.signet.core.GoBase64;
import dev.signet.core.IllegalBase64Exception;
import dev.signet.dialects.sealedsecrets.Finding;
import dev.signet.dialects.sealedsecrets.ItemProof;
import dev.signet.dialects.sealedsecrets.Rule;
import dev.signet.dialects.sealedsecrets.SealedSecret;
import dev.signet.yaml.TreePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Whether items open, from who has the keys. It tells one bit of an object, so where that is no,
 * each item is asked for by itself.
 */
final class ControllerProof implements ItemProof {

  private final SealingService service;
  private final AtomicReference<Optional<String>> silence = new AtomicReference<>(Optional.empty());

  ControllerProof(SealingService service) {
    this.service = service;
  }

  /** Why not everything was answered. */
  Optional<String> silence() {
    return silence.get();
  }

  @Override
  public List<Finding> check(SealedSecret sealed, TreePath path) {
    // What is no Base64 is named by itself.
    Map<String, String> items = new TreeMap<>(sealed.encryptedData());
    items.values().removeIf(text -> !isBase64(text));
    List<Finding> findings = new ArrayList<>();
    try {
      if (items.isEmpty() || silence.get().isPresent() || service.opens(sealed, items)) {
        return findings;
      }
      for (Map.Entry<String, String> item : items.entrySet()) {
        if (items.size() == 1 || !service.opens(sealed, Map.of(item.getKey(), item.getValue()))) {
          String message =
              "the controller does not open it as "
                  + sealed.scope()
                  + " for "
                  + sealed.metadata().namespace()
                  + "/"
                  + sealed.metadata().name();
          findings.add(
              new Finding(Rule.CANNOT_OPEN, path.key(item.getKey()), item.getKey(), message));
        }
      }
    } catch (SealingService.NoAnswerException e) {
      silence.set(Optional.of(e.getMessage()));
    }
    return findings;
  }

  private static boolean isBase64(String text) {
    try {
      return GoBase64.STD.decode(text).length > 0;
    } catch (IllegalBase64Exception e) {
      return false;
    }
  }
}
