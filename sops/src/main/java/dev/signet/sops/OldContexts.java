package dev.signet.sops;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * Files that releases before 3.3.0 wrote with keys of AWS and an encryption context of several
 * pairs: what is bound to the data key is not the context that stands in the file, but one of its
 * values under all of its names. Which one is anybody's guess, so each is tried.
 */
final class OldContexts {

  private static final int MAJOR = 3;
  private static final int MINOR = 3;

  private OldContexts() {}

  static boolean in(Metadata metadata) {
    return isOld(metadata.version())
        && metadata.groups().stream().anyMatch(group -> group.stream().anyMatch(OldContexts::odd));
  }

  private static boolean odd(MasterKey key) {
    return key instanceof MasterKey.Kms kms && new HashSet<>(kms.context().values()).size() > 1;
  }

  private static boolean isOld(String version) {
    if (!version.matches("[0-9]{1,4}\\.[0-9]{1,4}\\.[0-9]{1,4}.*")) {
      return false;
    }
    String[] parts = version.split("\\.", 3);
    int major = Integer.parseInt(parts[0]);
    return major < MAJOR || (major == MAJOR && Integer.parseInt(parts[1]) < MINOR);
  }

  /** The metadata with each context that may have been meant. */
  static List<Metadata> variations(Metadata metadata) {
    List<Metadata> variations = new ArrayList<>();
    List<List<MasterKey>> groups = metadata.groups();
    for (int group = 0; group < groups.size(); group++) {
      for (int at = 0; at < groups.get(group).size(); at++) {
        if (groups.get(group).get(at) instanceof MasterKey.Kms kms && odd(kms)) {
          for (String value : new HashSet<>(kms.context().values())) {
            List<MasterKey> keys = new ArrayList<>(groups.get(group));
            keys.set(at, all(kms, value));
            List<List<MasterKey>> changed = new ArrayList<>(groups);
            changed.set(group, keys);
            variations.add(metadata.withGroups(changed, metadata.threshold()));
          }
        }
      }
    }
    return variations;
  }

  private static MasterKey all(MasterKey.Kms key, String value) {
    Map<String, String> context = new HashMap<>();
    key.context().keySet().forEach(name -> context.put(name, value));
    return new MasterKey.Kms(
        key.arn(), key.role(), context, key.profile(), key.createdAt(), key.enc());
  }
}
