package dev.signet.dialects.sopssecrets;

import dev.signet.sops.SopsException;
import dev.signet.sops.SopsTree;
import dev.signet.sops.Value;
import dev.signet.sops.Value.Branch;
import dev.signet.sops.Value.Field;
import dev.signet.sops.Value.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Compares a MAC with an object whose fields an API server has sorted. The MAC covers the values in
 * the order of the file, which is lost, so the orders that people write are tried: every one of the
 * few fields of {@code spec} and, the same for all, of templates; of {@code metadata} name and
 * namespace first, what tools add left out. Keys of values and labels are tried sorted only: there
 * are too many orders of them. So a MAC that fits proves that nothing was moved or exchanged, and
 * one that does not proves nothing.
 *
 * <p>To try many orders opens no way for forgery: each value is bound to the names of the fields it
 * stands in, and lists are never reordered.
 */
final class FieldOrders {

  /** More than any object needs that was written with all fields a template can have. */
  private static final int ATTEMPTS = 3000;

  private static final String SPEC = "spec";
  private static final String METADATA = "metadata";
  private static final String TEMPLATES = "secretTemplates";

  private static final List<List<String>> METADATA_ORDERS =
      List.of(
          List.of("name", "namespace", "labels", "annotations"),
          List.of("name", "namespace", "annotations", "labels"),
          List.of("annotations", "labels", "name", "namespace"),
          List.of("labels", "name", "namespace"),
          List.of("annotations", "name", "namespace"),
          List.of("name", "namespace"),
          List.of("name"));

  private final SopsTree.ExpectedMac mac;
  private int left = ATTEMPTS;

  private FieldOrders(SopsTree.ExpectedMac mac) {
    this.mac = mac;
  }

  static boolean fits(Branch plain, SopsTree.ExpectedMac mac) throws SopsException {
    return new FieldOrders(mac).tried(plain);
  }

  private boolean tried(Branch plain) throws SopsException {
    if (mac.fits(plain)) {
      return true;
    }
    Branch spec = branch(plain, SPEC).orElseGet(Branch::new);
    Branch metadata = branch(plain, METADATA).orElseGet(Branch::new);
    Set<List<String>> shapes = new LinkedHashSet<>();
    for (List<String> order : METADATA_ORDERS) {
      shapes.add(order.stream().filter(names(metadata)::contains).toList());
    }
    Set<String> ofTemplates = new LinkedHashSet<>();
    for (Branch template : templates(spec)) {
      ofTemplates.addAll(names(template));
    }
    for (List<String> shape : shapes) {
      for (List<String> outer : permutations(List.copyOf(names(spec)))) {
        for (List<String> inner : permutations(List.copyOf(ofTemplates))) {
          if (left-- == 0) {
            return false;
          }
          Branch ordered = with(plain, METADATA, ordered(metadata, shape));
          Branch content = ordered(with(spec, TEMPLATES, ordered(templates(spec), inner)), outer);
          if (mac.fits(with(ordered, SPEC, content))) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static List<Branch> templates(Branch spec) {
    List<Branch> templates = new ArrayList<>();
    if (value(spec, TEMPLATES).orElse(null) instanceof Sequence sequence) {
      for (Value item : sequence.items()) {
        if (item instanceof Branch branch) {
          templates.add(branch);
        }
      }
    }
    return templates;
  }

  private static Sequence ordered(List<Branch> templates, List<String> order) {
    Sequence sequence = new Sequence();
    templates.forEach(template -> sequence.items().add(ordered(template, order)));
    return sequence;
  }

  /** The fields of those names, in that order. */
  private static Branch ordered(Branch branch, List<String> order) {
    Branch result = new Branch();
    for (String name : order) {
      value(branch, name).ifPresent(value -> result.add(name, value));
    }
    return result;
  }

  private static Branch with(Branch branch, String name, Value replacement) {
    Branch result = new Branch();
    for (Value.Member member : branch.members()) {
      if (member instanceof Field(String key, Value value)) {
        result.add(key, key.equals(name) ? replacement : value);
      }
    }
    return result;
  }

  private static Set<String> names(Branch branch) {
    Set<String> names = new LinkedHashSet<>();
    for (Value.Member member : branch.members()) {
      if (member instanceof Field field) {
        names.add(field.key());
      }
    }
    return names;
  }

  static Optional<Branch> branch(Branch parent, String name) {
    return value(parent, name).filter(Branch.class::isInstance).map(Branch.class::cast);
  }

  static Optional<Value> value(Branch parent, String name) {
    Value found = null;
    for (Value.Member member : parent.members()) {
      if (member instanceof Field field && field.key().equals(name)) {
        found = field.value();
      }
    }
    return Optional.ofNullable(found);
  }

  private static List<List<String>> permutations(List<String> names) {
    if (names.size() < 2 || names.size() > 6) {
      return List.of(names);
    }
    List<List<String>> all = new ArrayList<>();
    for (String first : names) {
      List<String> rest = names.stream().filter(name -> !name.equals(first)).toList();
      for (List<String> others : permutations(rest)) {
        List<String> whole = new ArrayList<>(List.of(first));
        whole.addAll(others);
        all.add(whole);
      }
    }
    return all;
  }
}
