package dev.signet.delivery.object;

/** A kind of object within its API group; the core group is the empty string. */
public record GroupKind(String group, String kind) {

  public static final GroupKind SECRET = new GroupKind("", "Secret");

  /**
   * The group of an apiVersion: {@code bitnami.com} of {@code bitnami.com/v1alpha1}, nothing of
   * {@code v1}.
   */
  public static GroupKind of(String apiVersion, String kind) {
    int slash = apiVersion.indexOf('/');
    return new GroupKind(slash < 0 ? "" : apiVersion.substring(0, slash), kind);
  }

  /** {@code SealedSecret.bitnami.com}, as kubectl writes it. */
  @Override
  public String toString() {
    return group.isEmpty() ? kind : kind + "." + group;
  }
}
