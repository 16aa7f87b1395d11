package dev.signet.cli;

import dev.signet.dialects.sealedsecrets.Rule.Severity;
import java.util.List;

/**
 * What {@code signet verify} found out.
 *
 * @param findings in the order of files and places
 * @param objects the SealedSecrets that were looked at, in the order of files
 * @param items how many items they have
 * @param proof what is known of the items' keys
 */
record Verified(List<Located> findings, List<Checked> objects, long items, Proof proof) {

  /** One SealedSecret. */
  record Checked(String file, String name, int line) {}

  /** What is known of the keys of the items that no finding names. */
  enum Proof {
    /** Nothing. */
    none("the keys of the items were not looked at: give --cert, --keys or --controller"),
    /** They may belong to the certificates, and may not. */
    possible(
        "items that are not named can be for the certificate's key, which proves nothing: only"
            + " --keys and --controller open them"),
    opened("every item was opened in memory, or is named");

    final String text;

    Proof(String text) {
      this.text = text;
    }
  }

  long count(Severity severity) {
    return findings.stream().filter(each -> each.rule().severity() == severity).count();
  }

  long files() {
    return objects.stream().map(Checked::file).distinct().count();
  }
}
