package dev.signet.operator.shadow;

import dev.signet.delivery.Controller;
import dev.signet.delivery.Delivery;
import dev.signet.delivery.Event;
import dev.signet.delivery.Evidence;
import dev.signet.delivery.Objects;
import dev.signet.delivery.object.Ref;
import dev.signet.operator.shadow.Difference.Kind;
import dev.signet.yaml.GoJson;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * One process in shadow mode. Controllers take the same way as ever, so what differs is exactly a
 * write that did not happen; the write gate of the cluster is shut besides.
 */
public final class Shadow {

  private final Differences differences;

  /** What stands for the sealing keys as a whole. */
  private final Ref keys;

  private final boolean names;

  /**
   * @param settled for how long an object must not have changed before a difference is told
   * @param keys the name that stands for all sealing keys
   * @param names whether lists name objects
   * @param nanos a clock that only goes forward
   */
  public Shadow(
      Duration settled, Ref keys, boolean names, InstantSource calendar, LongSupplier nanos) {
    this.differences = new Differences(settled, calendar, nanos);
    this.keys = keys;
    this.names = names;
  }

  /** The same objects, which take no write. */
  public Objects over(Objects objects) {
    return new ShadowObjects(objects);
  }

  /** The same controller, whose looks are compared. It has to use the objects made here. */
  public Controller over(Controller controller) {
    return new ShadowController(controller, differences);
  }

  /** Evidence of a process that delivers nothing. */
  public static Evidence evidence(Consumer<Event> events) {
    return new Evidence() {
      @Override
      public void event(Event event) {
        events.accept(event);
      }

      @Override
      public Optional<Delivery> delivery(Ref resource, Ref target) {
        return Optional.empty();
      }

      @Override
      public void delivered(Delivery delivery) {
        // It was not.
      }
    };
  }

  /** An object is gone. */
  public void gone(Ref ref) {
    differences.gone(ref);
  }

  /** Objects that wait for one more look; each is named once. */
  public List<Ref> due() {
    return differences.due();
  }

  /**
   * The sealing keys were looked at.
   *
   * @param missing why one would be made
   * @param unreadable names of Secrets that should hold one and do not
   */
  public void keys(Optional<String> missing, Set<String> unreadable) {
    Set<Difference> found = new TreeSet<>();
    missing.ifPresent(why -> found.add(new Difference(Kind.SEALING_KEY_MISSING, why)));
    unreadable.forEach(name -> found.add(new Difference(Kind.SEALING_KEY_UNREADABLE, name)));
    differences.looked(keys, /* state= */ "", found);
  }

  /** How many differences of each kind there are, none included. */
  public Map<Kind, Integer> counts() {
    return differences.counts();
  }

  /** How many objects have been compared. */
  public int compared() {
    return differences.compared(Set.of(keys));
  }

  /** How many objects differ and have not settled yet. */
  public int unsettled() {
    return differences.unsettled();
  }

  private int total() {
    return counts().values().stream().mapToInt(Integer::intValue).sum();
  }

  /** For people. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append("differences: ").append(total()).append('\n');
    text.append("compared: ").append(compared()).append('\n');
    text.append("unsettled: ").append(unsettled()).append('\n');
    if (total() == 0) {
      return text.toString();
    }
    text.append('\n');
    List<List<String>> rows = new ArrayList<>();
    if (names) {
      rows.add(List.of("NAMESPACE", "NAME", "DIFFERENCE", "DETAIL", "SINCE"));
      for (Differences.Told each : differences.told()) {
        rows.add(
            List.of(
                each.about().namespace(),
                each.about().name(),
                each.difference().kind().text(),
                each.difference().detail(),
                since(each)));
      }
    } else {
      rows.add(List.of("DIFFERENCE", "COUNT"));
      counts()
          .forEach(
              (kind, count) -> {
                if (count > 0) {
                  rows.add(List.of(kind.text(), Integer.toString(count)));
                }
              });
    }
    return text.append(table(rows)).toString();
  }

  private static String table(List<List<String>> rows) {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        int at = column;
        int width = rows.stream().mapToInt(each -> each.get(at).length()).max().orElse(0);
        line.append(row.get(column)).append(" ".repeat(width + 2 - row.get(column).length()));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private static String since(Differences.Told told) {
    return told.since().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** For programs. */
  public String json() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("compared", (long) compared());
    tree.put("unsettled", (long) unsettled());
    Map<String, Object> counts = new LinkedHashMap<>();
    counts().forEach((kind, count) -> counts.put(kind.text(), (long) count));
    tree.put("counts", counts);
    if (names) {
      List<Object> all = new ArrayList<>();
      for (Differences.Told each : differences.told()) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("kind", each.about().kind().kind());
        one.put("namespace", each.about().namespace());
        one.put("name", each.about().name());
        one.put("difference", each.difference().kind().text());
        one.put("detail", each.difference().detail());
        one.put("since", since(each));
        all.add(one);
      }
      tree.put("differences", all);
    }
    return GoJson.write(tree, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN) + "\n";
  }
}
