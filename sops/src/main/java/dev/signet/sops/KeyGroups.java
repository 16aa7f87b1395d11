package dev.signet.sops;

import dev.signet.core.SecretBytes;
import dev.signet.sops.KeyWrapping.UnavailableException;
import dev.signet.sops.SopsException.Step;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The way from master keys to the data key. With one group each of its keys has all of the data
 * key. With several each group has a {@link Shamir part} of it, in the order of the groups.
 */
public final class KeyGroups {

  private static final int DATA_KEY = 32;
  private static final int COLUMNS = 75;
  private static final int REASON_COLUMNS = 60;

  /** In what order kinds of keys are tried when nothing is said. */
  public static final List<String> USUAL_ORDER = List.of("age", "pgp");

  private KeyGroups() {}

  public static SecretBytes newDataKey(SecureRandom random) {
    byte[] bytes = new byte[DATA_KEY];
    random.nextBytes(bytes);
    return SecretBytes.wrap(bytes);
  }

  /**
   * The data key. Every group is asked, in each one key after the other until one works.
   *
   * @param order kinds of keys by name; those not in it come last
   */
  public static SecretBytes open(Metadata metadata, KeyWrapping wrapping, List<String> order)
      throws SopsException {
    try {
      return opened(metadata, wrapping, order);
    } catch (SopsException e) {
      if (metadata.hasOldContexts()) {
        for (Metadata other : OldContexts.variations(metadata)) {
          try {
            return opened(other, wrapping, order);
          } catch (SopsException again) {
            // What the file says is what failed.
          }
        }
      }
      throw e;
    }
  }

  private static SecretBytes opened(Metadata metadata, KeyWrapping wrapping, List<String> order)
      throws SopsException {
    List<SecretBytes> parts = new ArrayList<>();
    List<String> reports = new ArrayList<>();
    try {
      for (List<MasterKey> group : metadata.groups()) {
        String name = "Group " + reports.size() + ": ";
        List<String> failures = new ArrayList<>();
        SecretBytes part = part(sorted(group, order), wrapping, failures);
        if (part == null) {
          reports.add(name + "FAILED\n" + indented(String.join("\n\n", failures), "  "));
        } else {
          parts.add(part);
          reports.add(name + "SUCCESS");
        }
      }
      if (metadata.groups().size() == 1) {
        if (parts.isEmpty()) {
          throw failed(metadata, parts.size(), reports);
        }
        return parts.getFirst().copy();
      }
      if (parts.size() < metadata.threshold()) {
        throw failed(metadata, parts.size(), reports);
      }
      return Shamir.combine(parts);
    } catch (IllegalArgumentException e) {
      throw new SopsException(
          Step.DATA_KEY, "could not get data key from shamir parts: " + e.getMessage());
    } finally {
      parts.forEach(SecretBytes::close);
    }
  }

  private static @org.jspecify.annotations.Nullable SecretBytes part(
      List<MasterKey> group, KeyWrapping wrapping, List<String> failures) {
    for (MasterKey key : group) {
      try {
        return wrapping.unwrap(key);
      } catch (UnavailableException e) {
        String why = indented(WordWrap.at(REASON_COLUMNS, e.getMessage()), "  | ");
        failures.add(key.name() + ": FAILED\n" + indented("-" + why.substring(1), "  "));
      }
    }
    return null;
  }

  private static List<MasterKey> sorted(List<MasterKey> group, List<String> order) {
    return group.stream()
        .sorted(
            Comparator.comparingInt(
                key -> {
                  int at = order.indexOf(key.kind().text());
                  return at < 0 ? order.size() : at;
                }))
        .toList();
  }

  private static SopsException failed(Metadata metadata, int parts, List<String> reports) {
    int needed = metadata.threshold();
    String why =
        needed == 0
            ? "Recovery failed because no master key was able to decrypt the file. In order for SOPS"
                + " to recover the file, at least one key has to be successful, but none were."
            : ("Recovery failed because the file was encrypted with a Shamir threshold of %d, but"
                    + " only %d part(s) were successfully recovered, one for each successful key"
                    + " group. In order for SOPS to recover the file, at least %d groups have to be"
                    + " successful. In order for a group to be successful, decryption has to succeed"
                    + " with any of the keys in that key group.")
                .formatted(needed, parts, needed);
    return new SopsException(
        Step.DATA_KEY,
        "Failed to get the data key required to decrypt the SOPS file.\n\n"
            + String.join("\n\n", reports)
            + "\n\n"
            + WordWrap.at(COLUMNS, why));
  }

  private static String indented(String text, String by) {
    return by + text.replace("\n", "\n" + by);
  }

  /** The same groups, their keys with what is found out only when they are used. */
  public static List<List<MasterKey>> complete(List<List<MasterKey>> groups, KeyWrapping wrapping)
      throws SopsException {
    List<List<MasterKey>> complete = new ArrayList<>();
    for (List<MasterKey> group : groups) {
      List<MasterKey> keys = new ArrayList<>();
      for (MasterKey key : group) {
        try {
          keys.add(wrapping.complete(key));
        } catch (UnavailableException e) {
          throw new SopsException(Step.CONFIG, e.getMessage());
        }
      }
      complete.add(keys);
    }
    return complete;
  }

  /** The metadata with the data key encrypted for all master keys anew. */
  public static Metadata wrap(
      Metadata metadata, SecretBytes dataKey, KeyWrapping wrapping, SecureRandom random)
      throws SopsException {
    int groups = metadata.groups().size();
    if (groups == 0) {
      throw new SopsException(Step.WRAP, "no key groups provided");
    }
    int threshold = metadata.threshold();
    List<SecretBytes> parts;
    if (groups == 1) {
      parts = List.of(dataKey.copy());
    } else {
      threshold = threshold == 0 ? groups : threshold;
      try {
        parts = Shamir.split(dataKey, groups, threshold, random);
      } catch (IllegalArgumentException e) {
        throw new SopsException(
            Step.WRAP, "could not split data key into parts for Shamir: " + e.getMessage());
      }
    }
    try {
      List<List<MasterKey>> wrapped = new ArrayList<>();
      List<String> failures = new ArrayList<>();
      for (int i = 0; i < groups; i++) {
        wrapped.add(wrapped(metadata.groups().get(i), parts.get(i), wrapping, failures));
      }
      if (!failures.isEmpty()) {
        throw new SopsException(Step.WRAP, String.join(" ", failures));
      }
      return metadata.withGroups(wrapped, threshold);
    } finally {
      parts.forEach(SecretBytes::close);
    }
  }

  private static List<MasterKey> wrapped(
      List<MasterKey> group, SecretBytes part, KeyWrapping wrapping, List<String> failures)
      throws SopsException {
    if (group.isEmpty()) {
      throw new SopsException(Step.WRAP, "empty key group provided");
    }
    List<MasterKey> keys = new ArrayList<>();
    for (MasterKey key : group) {
      try {
        MasterKey complete = wrapping.complete(key);
        keys.add(complete.withEnc(wrapping.wrap(complete, part)));
      } catch (UnavailableException e) {
        failures.add(
            "failed to encrypt new data key with master key \""
                + key.name()
                + "\": "
                + e.getMessage());
      }
    }
    return keys;
  }
}
