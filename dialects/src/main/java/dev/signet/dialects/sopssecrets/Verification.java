package dev.signet.dialects.sopssecrets;

/** What is said of a MAC. */
final class Verification {

  static final String FITS = "the MAC fits";

  static final String UNPROVEN =
      "the MAC fits no usual order of the fields. A cluster does not keep the order of the file, so"
          + " this may be no more than that: with the fields and keys in alphabetical order, and"
          + " mac_only_encrypted where tools add labels, it can be compared";

  private Verification() {}
}
