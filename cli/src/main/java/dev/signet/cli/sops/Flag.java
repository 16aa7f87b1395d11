package dev.signet.cli.sops;

import java.util.ArrayList;
import java.util.List;

/**
 * A flag of a command.
 *
 * @param names the long one first
 * @param isSwitch whether it stands without a value
 * @param variable an environment variable that gives it a value, or nothing
 * @param isRepeatable whether values that are given add up, with commas between them
 * @param help one line
 */
record Flag(
    List<String> names, boolean isSwitch, String variable, boolean isRepeatable, String help) {

  static Flag text(String names, String variable, String help) {
    return new Flag(List.of(names.split(",")), false, variable, false, help);
  }

  static Flag onOff(String names, String help) {
    return new Flag(List.of(names.split(",")), true, "", false, help);
  }

  private static Flag repeated(String names, String help) {
    return new Flag(List.of(names.split(",")), false, "", true, help);
  }

  String name() {
    return names.getFirst();
  }

  static final Flag IN_PLACE =
      onOff("in-place,i", "write the result to the same file instead of standard output");
  static final Flag OUTPUT = text("output", "", "write the result to this file");
  static final Flag INPUT_TYPE =
      text("input-type", "", "yaml, json, dotenv, ini or binary; default: by the file's ending");
  static final Flag OUTPUT_TYPE =
      text("output-type", "", "yaml, json, dotenv, ini or binary; default: by the file's ending");
  static final Flag IGNORE_MAC =
      onOff("ignore-mac", "do not check the message authentication code");
  static final Flag EXTRACT =
      text("extract", "", "print only a part of the file, such as '[\"key\"][0]'");
  static final Flag FILENAME_OVERRIDE =
      text("filename-override", "", "the file's name for types and configuration");
  static final Flag ORDER =
      text("decryption-order", "SOPS_DECRYPTION_ORDER", "kinds of keys in the order to be tried");
  static final Flag SHOW_MASTER_KEYS =
      onOff("show-master-keys,s", "show the master keys in the file while editing");
  static final Flag THRESHOLD =
      text("shamir-secret-sharing-threshold", "", "how many key groups it takes to decrypt");
  static final Flag YES = onOff("yes,y", "do not ask");
  static final Flag IDEMPOTENT = onOff("idempotent", "do nothing where nothing is to change");
  static final Flag VALUE_FILE = onOff("value-file", "the value is the name of a file with it");
  static final Flag VALUE_STDIN = onOff("value-stdin", "read the value from standard input");
  static final Flag PRISTINE = onOff("pristine", "give the command no other variables");
  static final Flag NO_FIFO = onOff("no-fifo", "give the command a file instead of a pipe");
  static final Flag USER = text("user", "", "the user to run the command as");
  static final Flag BACKGROUND = onOff("background", "do not wait for the command");
  static final Flag SAME_PROCESS = onOff("same-process", "has no effect");
  static final Flag GROUP_FILE = text("file,f", "", "the file whose groups change");
  static final Flag FILENAME = text("filename", "", "how the file or pipe is called");

  static final Flag OMIT_EXTENSIONS =
      onOff("omit-extensions", "publish under names without their endings");
  static final Flag RECURSIVE = onOff("recursive", "publish all that is in a folder");
  static final Flag VERBOSE = onOff("verbose", "say more");
  static final Flag NETWORK = text("network,net", "", "tcp or unix; default: tcp");
  static final Flag ADDRESS =
      text("address,addr", "", "what to listen on; default: 127.0.0.1:5000");
  static final Flag PROMPT = onOff("prompt", "ask before each request is answered");

  /** Keys for new files; also what rotate adds and removes. */
  static final List<Flag> KEYS =
      List.of(
          text("age,a", "SOPS_AGE_RECIPIENTS", "age recipients, separated by commas"),
          text("pgp,p", "SOPS_PGP_FP", "PGP fingerprints, separated by commas"),
          text("kms,k", "SOPS_KMS_ARN", "ARNs of keys of AWS KMS, separated by commas"),
          text("gcp-kms", "SOPS_GCP_KMS_IDS", "resource ids of keys of Google Cloud KMS"),
          text("hckms", "SOPS_HUAWEICLOUD_KMS_IDS", "ids of keys of Huawei Cloud KMS"),
          text("azure-kv", "SOPS_AZURE_KEYVAULT_URLS", "URLs of keys in Azure Key Vault"),
          text("hc-vault-transit", "SOPS_VAULT_URIS", "URIs of transit keys of Vault"),
          text("aws-profile", "", "the profile for requests to AWS"),
          text("encryption-context", "", "pairs name:value for AWS KMS"));

  static final List<Flag> SELECTORS =
      List.of(
          text("unencrypted-suffix", "", "leave what has this suffix unencrypted"),
          text("encrypted-suffix", "", "encrypt only what has this suffix"),
          text("unencrypted-regex", "", "leave what matches unencrypted"),
          text("encrypted-regex", "", "encrypt only what matches"));

  static final List<Flag> CHANGES = changes();

  static final List<Flag> KEY_SERVICES =
      List.of(
          new Flag(
              List.of("enable-local-keyservice"),
              true,
              "SOPS_ENABLE_LOCAL_KEYSERVICE",
              false,
              "use keys of this machine, which is so by default"),
          new Flag(
              List.of("keyservice"),
              false,
              "SOPS_KEYSERVICE",
              true,
              "key services: tcp://HOST:PORT or unix:///PATH"));

  /** Keys of a group, each of which may be given several times. */
  static final List<Flag> GROUP_KEYS =
      List.of(
          repeated("age", "an age recipient"),
          repeated("pgp", "a PGP fingerprint"),
          repeated("kms", "the ARN of a key of AWS KMS"),
          repeated("gcp-kms", "the resource id of a key of Google Cloud KMS"),
          repeated("hckms", "the id of a key of Huawei Cloud KMS"),
          repeated("azure-kv", "the URL of a key in Azure Key Vault"),
          repeated("hc-vault-transit", "the URI of a transit key of Vault"),
          text("aws-profile", "", "the profile for requests to AWS"),
          text("encryption-context", "", "pairs name:value for AWS KMS"));

  /** Those that stand before a command, or in place of one. */
  static final List<Flag> GLOBAL = global();

  private static List<Flag> changes() {
    List<Flag> flags = new ArrayList<>();
    for (String prefix : List.of("add", "rm")) {
      for (Flag key : KEYS.subList(0, 7)) {
        flags.add(text(prefix + "-" + key.name(), "", key.help() + " to " + prefix));
      }
    }
    return flags;
  }

  private static List<Flag> global() {
    List<Flag> flags =
        new ArrayList<>(
            List.of(
                onOff("decrypt,d", "decrypt a file"),
                onOff("encrypt,e", "encrypt a file"),
                onOff("rotate,r", "encrypt a file with a new data key"),
                text("set", "", "put a value into a file: '[\"key\"] \"value\"'"),
                text("config", "SOPS_CONFIG", "the configuration; default: the nearest .sops.yaml"),
                text("indent", "", "columns a level in YAML and JSON"),
                onOff("mac-only-encrypted", "protect what is encrypted only by the MAC"),
                text(
                    "unencrypted-comment-regex", "", "leave what such a comment precedes as it is"),
                text("encrypted-comment-regex", "", "encrypt only what such a comment precedes"),
                onOff("verbose", "say more"),
                onOff("disable-version-check", "has no effect"),
                onOff("check-for-updates", "has no effect"),
                onOff("version,v", "print the version"),
                onOff("help,h", "show help"),
                IN_PLACE,
                OUTPUT,
                INPUT_TYPE,
                OUTPUT_TYPE,
                EXTRACT,
                IGNORE_MAC,
                SHOW_MASTER_KEYS,
                THRESHOLD,
                FILENAME_OVERRIDE,
                ORDER));
    flags.addAll(KEYS);
    flags.addAll(SELECTORS);
    flags.addAll(CHANGES);
    flags.addAll(KEY_SERVICES);
    return List.copyOf(flags);
  }
}
