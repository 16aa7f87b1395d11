package dev.signet.sops;

import dev.signet.sops.Value.Branch;
import dev.signet.sops.Value.Field;
import dev.signet.sops.Value.Member;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A three-way merge of trees, key by key: what one side alone changed is taken; what both changed
 * in the same way is, too. Lists, comments and documents are merged as wholes, for they have no
 * names. Where both sides changed the same place differently, ours stays and the place is named.
 */
public final class TreeMerge {

  private final List<Branch> branches;
  private final List<String> conflicts = new ArrayList<>();

  private TreeMerge(List<Branch> branches) {
    this.branches = branches;
  }

  /** The inputs are not changed; the result shares parts with them. */
  public static TreeMerge of(List<Branch> base, List<Branch> ours, List<Branch> theirs) {
    TreeMerge merge = new TreeMerge(new ArrayList<>());
    if (ours.size() != theirs.size() || base.size() != ours.size()) {
      boolean onlyTheirs = base.equals(ours);
      if (!onlyTheirs && !base.equals(theirs) && !ours.equals(theirs)) {
        merge.conflicts.add("the documents");
      }
      merge.branches.addAll(onlyTheirs ? theirs : ours);
      return merge;
    }
    for (int i = 0; i < ours.size(); i++) {
      String path = ours.size() == 1 ? "" : "document " + (i + 1) + ": ";
      merge.branches.add(merge.branch(path, base.get(i), ours.get(i), theirs.get(i)));
    }
    return merge;
  }

  public List<Branch> branches() {
    return branches;
  }

  /** Places such as {@code ["data"]["key"]}; never a value. */
  public List<String> conflicts() {
    return conflicts;
  }

  private Branch branch(String path, Branch base, Branch ours, Branch theirs) {
    Optional<Map<String, Value>> first = fields(base);
    Optional<Map<String, Value>> mine = fields(ours);
    Optional<Map<String, Value>> other = fields(theirs);
    if (first.isEmpty() || mine.isEmpty() || other.isEmpty()) {
      return whole(path, base, ours, theirs);
    }
    Branch result = new Branch();
    for (Member member : ours.members()) {
      if (!(member instanceof Field field)) {
        result.add(member);
        continue;
      }
      String key = field.key();
      merged(
              path + "[\"" + key + "\"]",
              Optional.ofNullable(first.get().get(key)),
              Optional.of(field.value()),
              Optional.ofNullable(other.get().get(key)))
          .ifPresent(value -> result.add(key, value));
    }
    for (Member member : theirs.members()) {
      if (member instanceof Field field && !mine.get().containsKey(field.key())) {
        String key = field.key();
        merged(
                path + "[\"" + key + "\"]",
                Optional.ofNullable(first.get().get(key)),
                Optional.empty(),
                Optional.of(field.value()))
            .ifPresent(value -> result.add(key, value));
      }
    }
    return result;
  }

  /** By their keys; nothing, if one is there twice. */
  private static Optional<Map<String, Value>> fields(Branch branch) {
    Map<String, Value> fields = new LinkedHashMap<>();
    for (Member member : branch.members()) {
      if (member instanceof Field field && fields.put(field.key(), field.value()) != null) {
        return Optional.empty();
      }
    }
    return Optional.of(fields);
  }

  private Optional<Value> merged(
      String path, Optional<Value> base, Optional<Value> ours, Optional<Value> theirs) {
    if (ours.equals(theirs) || theirs.equals(base)) {
      return ours;
    }
    if (ours.equals(base)) {
      return theirs;
    }
    if (ours.isPresent()
        && theirs.isPresent()
        && ours.get() instanceof Branch mine
        && theirs.get() instanceof Branch other) {
      boolean had = base.isPresent() && base.get() instanceof Branch;
      Branch before = had ? (Branch) base.get() : new Branch();
      return Optional.of(branch(path, before, mine, other));
    }
    conflicts.add(path);
    // A value that one side changed and the other removed stays, whoever it was.
    return ours.isPresent() ? ours : theirs;
  }

  private Branch whole(String path, Branch base, Branch ours, Branch theirs) {
    if (ours.equals(base)) {
      return theirs;
    }
    if (!ours.equals(theirs) && !theirs.equals(base)) {
      conflicts.add(path.isEmpty() ? "a mapping with a key that is there twice" : path);
    }
    return ours;
  }
}
