package dev.signet.sops;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;

/**
 * What a file says of itself under {@code sops}.
 *
 * @param groups master keys; each of a group opens the group's part of the data key
 * @param threshold how many parts the data key takes; 0 with one group, or where all are needed
 * @param selection which leaves are encrypted; nothing means all
 * @param lastModified with its zone as written, since the MAC is bound to that
 * @param mac encrypted; empty if there is none
 */
public record Metadata(
    List<List<MasterKey>> groups,
    int threshold,
    Optional<Selection> selection,
    boolean macOnlyEncrypted,
    OffsetDateTime lastModified,
    String mac,
    String version) {

  public Metadata {
    groups = groups.stream().map(List::copyOf).toList();
  }

  public Metadata withGroups(List<List<MasterKey>> to, int newThreshold) {
    return new Metadata(to, newThreshold, selection, macOnlyEncrypted, lastModified, mac, version);
  }

  /**
   * Whether an old release bound keys of AWS to another context than the one that stands here, so
   * that they have to be encrypted anew before the version of the file may change.
   */
  public boolean hasOldContexts() {
    return OldContexts.in(this);
  }

  public Metadata withVersion(String to) {
    return new Metadata(groups, threshold, selection, macOnlyEncrypted, lastModified, mac, to);
  }

  Metadata withMac(OffsetDateTime modified, String newMac) {
    return new Metadata(groups, threshold, selection, macOnlyEncrypted, modified, newMac, version);
  }
}
