package dev.signet.cli;

import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.SealingKey;
import dev.signet.delivery.object.KubeObject;
import dev.signet.dialects.sealedsecrets.Census;
import dev.signet.dialects.sealedsecrets.KeySecrets;
import dev.signet.dialects.sealedsecrets.escrow.Escrow;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** What there is to say of the keys of a place, and of what is sealed with each. */
record KeyListing(List<Row> rows, Optional<Census> census) {

  /** One key, and what it opened if that was looked at. */
  record Row(
      KeySecrets.Stored stored, boolean seals, boolean expired, Duration age, Census.Use use) {

    /** Nothing seals with it any more and nothing that was seen needs it. */
    boolean mayRetire() {
      return !seals && use.items() == 0;
    }

    List<String> copies() {
      return stored.annotations().keySet().stream()
          .filter(name -> name.startsWith(Escrow.MARK))
          .map(name -> name.substring(Escrow.MARK.length()))
          .toList();
    }
  }

  static KeyListing of(
      List<KeySecrets.Stored> keys, Optional<List<KubeObject>> sealed, Instant now) {
    KeyRing active = KeySecrets.ring(keys.stream().filter(KeySecrets.Stored::active).toList());
    String current = active.current().map(SealingKey::id).orElse("");
    KeyRing ring = KeySecrets.ring(keys);
    Optional<Census> census = sealed.map(objects -> Census.of(objects, ring));
    List<Row> rows = new ArrayList<>();
    for (KeySecrets.Stored stored : keys) {
      SealingKey key = stored.key();
      rows.add(
          new Row(
              stored,
              stored.active() && key.id().equals(current),
              key.certificate().notAfter().isBefore(now),
              Duration.between(key.certificate().notBefore(), now),
              census.map(it -> it.of(key.id())).orElse(NOTHING)));
    }
    return new KeyListing(rows, census);
  }

  private static final Census.Use NOTHING = new Census.Use(new TreeSet<>(), 0);

  Optional<Row> find(String name) {
    return rows.stream().filter(row -> row.stored().key().name().equals(name)).findFirst();
  }

  /** How many objects have a value that was not sealed with the key that seals now. */
  long stale() {
    return rows.stream()
        .filter(row -> !row.seals())
        .flatMap(row -> row.use().objects().stream())
        .distinct()
        .count();
  }

  void print(PrintStream out) {
    Table table =
        census.isPresent()
            ? new Table(
                "NAME",
                "BITS",
                "AGE",
                "VALID UNTIL",
                "STATE",
                "SEALS",
                "OBJECTS",
                "ITEMS",
                "RETIRE",
                "COPIES",
                "FINGERPRINT")
            : new Table(
                "NAME", "BITS", "AGE", "VALID UNTIL", "STATE", "SEALS", "COPIES", "FINGERPRINT");
    for (Row row : rows) {
      SealingKey key = row.stored().key();
      List<String> cells = new ArrayList<>();
      cells.add(key.name());
      cells.add(Integer.toString(key.certificate().publicKey().modulus().bitLength()));
      cells.add(row.age().toDays() + "d");
      cells.add(key.certificate().notAfter() + (row.expired() ? " (over)" : ""));
      cells.add(row.stored().state());
      cells.add(row.seals() ? "yes" : "no");
      if (census.isPresent()) {
        cells.add(Integer.toString(row.use().objects().size()));
        cells.add(Integer.toString(row.use().items()));
        cells.add(retire(row));
      }
      cells.add(row.copies().isEmpty() ? "none" : String.join(",", row.copies()));
      cells.add(key.id());
      table.row(cells.toArray(String[]::new));
    }
    table.print(out);
    census.ifPresent(it -> summary(out, it));
  }

  private static String retire(Row row) {
    if (!row.stored().active()) {
      return "retired";
    }
    return row.seals() ? "current" : row.mayRetire() ? "safe" : "needed";
  }

  private void summary(PrintStream out, Census it) {
    out.println();
    out.println(
        "looked at "
            + it.objects()
            + " SealedSecrets with "
            + it.items()
            + " items: "
            + stale()
            + " sealed with an older key, "
            + it.unopened().stream().map(Census.Unopened::object).distinct().count()
            + " that no key here opens");
  }

  List<Object> tree() {
    List<Object> list = new ArrayList<>();
    for (Row row : rows) {
      SealingKey key = row.stored().key();
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("name", key.name());
      tree.put("bits", (long) key.certificate().publicKey().modulus().bitLength());
      tree.put("notBefore", key.certificate().notBefore().toString());
      tree.put("notAfter", key.certificate().notAfter().toString());
      tree.put("state", row.stored().state());
      tree.put("seals", row.seals());
      if (census.isPresent()) {
        tree.put("objects", (long) row.use().objects().size());
        tree.put("items", (long) row.use().items());
        tree.put("mayRetire", row.mayRetire());
        tree.put(
            "sealedWithIt", row.use().objects().stream().<Object>map(ref -> ref.path()).toList());
      }
      tree.put("copies", List.<Object>copyOf(row.copies()));
      tree.put("fingerprint", key.id());
      list.add(tree);
    }
    return list;
  }
}
