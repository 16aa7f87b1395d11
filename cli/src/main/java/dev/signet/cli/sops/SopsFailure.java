package dev.signet.cli.sops;

import static java.util.Objects.requireNonNull;

import dev.signet.sops.SopsException;

/** Ends the program with a message and an exit code, both upstream's. */
final class SopsFailure extends Exception {

  private static final long serialVersionUID = 1;

  static final int GENERIC = 1;
  static final int INPUT = 2;
  static final int OUTPUT = 3;
  static final int DUMP = 4;
  static final int KMS_CONTEXT = 6;
  static final int SET_FORMAT = 7;
  static final int CONFLICT = 8;
  static final int ENCRYPT = 23;
  static final int DECRYPT = 25;
  static final int KEYS_OF_NO_FILE = 49;
  static final int MAC = 51;
  static final int TREE_PATH = 91;
  static final int NO_DOCUMENT = 92;
  static final int NO_FILE = 100;
  static final int ORDER = 112;
  static final int DATA_KEY = 128;
  static final int UNCHANGED = 200;
  static final int EDITOR = 201;
  static final int ENCRYPTED_ALREADY = 203;

  private final int exitCode;

  SopsFailure(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  static SopsFailure of(String message) {
    return new SopsFailure(GENERIC, message);
  }

  /** What a failure of the file itself means. */
  static SopsFailure of(SopsException e) {
    String message = e.getMessage();
    return switch (e.step()) {
      case READ, CONFIG, PATH -> of(message);
      case WRAP -> of("Could not generate data key: [" + message + "]");
      case DATA_KEY -> new SopsFailure(DATA_KEY, message);
      case DECRYPT -> new SopsFailure(DECRYPT, "Error decrypting tree: " + message);
      case ENCRYPT -> new SopsFailure(ENCRYPT, "Error encrypting tree: " + message);
      case MAC -> new SopsFailure(MAC, message);
      case WRITE -> new SopsFailure(DUMP, "Error dumping file: " + message);
    };
  }

  int exitCode() {
    return exitCode;
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }
}
