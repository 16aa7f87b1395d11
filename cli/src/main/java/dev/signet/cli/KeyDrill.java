package dev.signet.cli;

import dev.signet.core.sealing.KeyOrder;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.MalformedKeyException;
import dev.signet.core.sealing.SealingKey;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.dialects.sealedsecrets.Census;
import dev.signet.dialects.sealedsecrets.KeySecrets;
import dev.signet.dialects.sealedsecrets.SealingKeys;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Whether a backup would bring everything back, tried in memory. */
final class KeyDrill {

  private final Census census;
  private final int keys;
  private final List<Row> failed;

  private record Row(Ref object, String item, String why) {}

  private KeyDrill(Census census, int keys, List<Row> failed) {
    this.census = census;
    this.keys = keys;
    this.failed = failed;
  }

  /**
   * @param live the keys that are in use, which tell why something does not open; may be empty
   */
  static KeyDrill of(
      List<KubeObject> sealed, Collection<Secret> backup, List<KeySecrets.Stored> live)
      throws CommandFailure {
    List<SealingKey> keys = new ArrayList<>();
    try {
      for (Secret secret : backup) {
        keys.add(SealingKeys.read(secret));
      }
      KeyRing ring = KeyRing.of(keys, KeyOrder.CERTIFICATE_NOT_BEFORE).using(FastRsa.ofCommand());
      Census census = Census.of(sealed, ring);
      return new KeyDrill(census, ring.size(), explained(census, sealed, live));
    } catch (MalformedKeyException e) {
      throw CommandFailure.because(e);
    } finally {
      keys.forEach(SealingKey::close);
    }
  }

  private static List<Row> explained(
      Census census, List<KubeObject> sealed, List<KeySecrets.Stored> live) {
    Map<Ref, KubeObject> byRef =
        sealed.stream()
            .collect(Collectors.toMap(KubeObject::ref, each -> each, (first, _) -> first));
    List<KubeObject> failing =
        census.unopened().stream()
            .map(Census.Unopened::object)
            .distinct()
            .flatMap(ref -> java.util.Optional.ofNullable(byRef.get(ref)).stream())
            .toList();
    Census again = Census.of(failing, KeySecrets.ring(live));
    List<Row> rows = new ArrayList<>();
    for (Census.Unopened each : census.unopened()) {
      boolean opensLive =
          again.unopened().stream()
              .noneMatch(it -> it.object().equals(each.object()) && it.item().equals(each.item()));
      String with =
          live.stream()
              .filter(key -> again.of(key.key().id()).objects().contains(each.object()))
              .map(key -> key.key().name())
              .collect(Collectors.joining(" or "));
      rows.add(
          new Row(
              each.object(),
              each.item(),
              opensLive
                  ? "sealed with " + with + ", which is not in the backup"
                  : each.why()
                      + (live.isEmpty()
                          ? ""
                          : ": not with those in use either; it was sealed elsewhere or for"
                              + " another name or scope")));
    }
    return rows;
  }

  boolean passed() {
    return failed.isEmpty();
  }

  void print(Surroundings surroundings) {
    if (!passed()) {
      Table table = new Table("SEALEDSECRET", "ITEM", "WHY IT DOES NOT OPEN");
      failed.forEach(row -> table.row(row.object().path(), row.item(), row.why()));
      table.print(surroundings.out());
      surroundings.out().println();
    }
    surroundings
        .out()
        .println(
            (passed() ? "passed: " : "failed: ")
                + (census.items() - failed.size())
                + " of "
                + census.items()
                + " items in "
                + census.objects()
                + " SealedSecrets open with the "
                + keys
                + (keys == 1 ? " key" : " keys")
                + " of the backup");
  }

  Object tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("passed", passed());
    tree.put("keys", (long) keys);
    tree.put("objects", (long) census.objects());
    tree.put("items", (long) census.items());
    List<Object> rows = new ArrayList<>();
    for (Row row : failed) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("namespace", row.object().namespace());
      each.put("name", row.object().name());
      each.put("item", row.item());
      each.put("why", row.why());
      rows.add(each);
    }
    tree.put("failed", rows);
    return tree;
  }
}
