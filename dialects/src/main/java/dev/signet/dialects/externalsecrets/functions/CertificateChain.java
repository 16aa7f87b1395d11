package dev.signet.dialects.externalsecrets.functions;

import dev.signet.template.GoError;
import dev.signet.template.Meter;
import java.util.ArrayList;
import java.util.List;

/**
 * Certificates from leaf to root, put in order by their key identifiers alone, as External Secrets
 * does: a certificate's parent is the first other one whose subject key identifier is its authority
 * key identifier, and the leaf is the one that is nobody's parent. No signature, date or purpose is
 * looked at: an order is no proof of trust.
 */
final class CertificateChain {
  private CertificateChain() {}

  static List<Certificate> ordered(List<Certificate> certificates, Meter meter) throws GoError {
    int count = certificates.size();
    meter.steps((long) count * count);
    int[] parents = new int[count];
    boolean[] isParent = new boolean[count];
    for (int i = 0; i < count; i++) {
      parents[i] = -1;
      for (int j = 0; j < count && parents[i] < 0; j++) {
        if (i != j && certificates.get(i).names(certificates.get(j))) {
          parents[i] = j;
          isParent[j] = true;
        }
      }
    }
    int leaf = -1;
    for (int i = 0; i < count; i++) {
      if (!isParent[i]) {
        if (leaf >= 0) {
          throw new GoError("found multiple leaf or disjunct certificates");
        }
        leaf = i;
      }
    }
    if (leaf < 0) {
      throw new GoError("no leaf certificate found");
    }
    List<Certificate> chain = new ArrayList<>();
    for (int i = leaf; i >= 0; i = parents[i]) {
      if (chain.size() == count) {
        throw new GoError("constructing chain resulted in cycle");
      }
      chain.add(certificates.get(i));
    }
    return chain;
  }
}
