package dev.signet.stores.vault;

import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Where a KV engine keeps what a key names, by External Secrets' rules:
 *
 * <pre>
 * path  version  key                         asked for
 * m     v2       foo, m/foo or m/data/foo    m/data/foo
 * m     v1       foo or m/foo                m/foo
 *       v2       m/foo or m/data/foo         m/data/foo
 *       v1       anything                    as it is
 * </pre>
 *
 * A value whose own path begins with the name of the engine is out of reach with {@code path}, as
 * upstream documents. Metadata are looked for at the same place, which upstream misses for keys
 * that repeat the engine.
 *
 * @param mount without slashes around it; empty when keys begin with it
 * @param versioned whether it is a KV engine of version 2
 */
record KvPaths(String mount, boolean versioned) {

  private static final String DATA = "data/";

  static KvPaths of(String path, boolean versioned) {
    return new KvPaths(path.replaceAll("^/+|/+$", ""), versioned);
  }

  String data(String key) throws StoreException {
    return place(key, DATA);
  }

  /** Of version 2 only. */
  String metadata(String key) throws StoreException {
    return place(key, "metadata/");
  }

  /**
   * What can be listed.
   *
   * @param folder empty for all of the engine, which keys have to name where the store does not
   */
  String list(String folder) throws StoreException {
    return place(folder, "metadata/");
  }

  private String place(String key, String part) throws StoreException {
    String rest = key.replaceAll("^/+", "");
    if (mount.isEmpty()) {
      return versioned ? inNamedEngine(rest, part) : rest;
    }
    if (rest.startsWith(mount + "/")) {
      rest = rest.substring(mount.length() + 1);
      if (versioned && rest.startsWith(DATA)) {
        rest = rest.substring(DATA.length());
      }
    }
    return mount + "/" + (versioned ? part : "") + rest;
  }

  private static String inNamedEngine(String key, String part) throws StoreException {
    int data = key.indexOf("/" + DATA);
    if (data > 0) {
      return key.substring(0, data + 1) + part + key.substring(data + 1 + DATA.length());
    }
    int slash = key.indexOf('/');
    if (slash < 1) {
      throw new StoreException(
          new Problem.Malformed(),
          "key "
              + key
              + " names no engine: begin it with one, as in secret/"
              + key
              + ", or set path in the store");
    }
    return key.substring(0, slash + 1) + part + key.substring(slash + 1);
  }

  /**
   * For an address. Steps up and down are refused rather than left to the server to clean away:
   * they would lead out of the engine.
   */
  static String encoded(String path) throws StoreException {
    for (String segment : path.split("/", -1)) {
      boolean printable = segment.chars().noneMatch(Character::isISOControl);
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..") || !printable) {
        throw new StoreException(
            new Problem.Malformed(),
            "\""
                + (printable ? path : "…")
                + "\" is no path in Vault: a part of it is empty or"
                + " a step up, or cannot be printed");
      }
    }
    return Arrays.stream(path.split("/", -1))
        .map(each -> URLEncoder.encode(each, StandardCharsets.UTF_8).replace("+", "%20"))
        .collect(Collectors.joining("/"));
  }
}
