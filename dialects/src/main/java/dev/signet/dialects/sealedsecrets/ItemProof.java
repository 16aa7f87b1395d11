package dev.signet.dialects.sealedsecrets;

import dev.signet.yaml.TreePath;
import java.util.List;

/** Finds out whether the items of SealedSecrets open. */
public interface ItemProof {

  /**
   * What is wrong with the items. May be called by several threads at once.
   *
   * @param path of {@code encryptedData}
   */
  List<Finding> check(SealedSecret sealed, TreePath path);
}
