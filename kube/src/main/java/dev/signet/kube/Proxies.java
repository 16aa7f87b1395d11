package dev.signet.kube;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which proxy leads to the API server, by Go's rules (golang.org/x/net/http/httpproxy), which
 * kubectl follows: {@code proxy-url} of the kubeconfig always; else {@code HTTPS_PROXY} (or {@code
 * HTTP_PROXY} for a server without TLS), in capitals or not, unless the server is this machine or
 * {@code NO_PROXY} names it: a domain with its subdomains, {@code .domain} for those alone, an
 * address, a CIDR range, each with or without a port, or {@code *}.
 */
public final class Proxies {

  private Proxies() {}

  /** The proxy as {@code http://host:port}, with user and password if they are given. */
  public static Optional<String> choose(
      String server, Optional<String> proxyUrl, Map<String, String> environment)
      throws ObjectsException {
    if (proxyUrl.isPresent() && !proxyUrl.get().isEmpty()) {
      return Optional.of(checked(proxyUrl.get(), "proxy-url"));
    }
    URI uri = URI.create(server);
    String name = "http".equalsIgnoreCase(uri.getScheme()) ? "HTTP_PROXY" : "HTTPS_PROXY";
    String proxy = variable(environment, name);
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    if (proxy.isEmpty() || isThisMachine(host)) {
      return Optional.empty();
    }
    int port = uri.getPort() > 0 ? uri.getPort() : 443;
    for (String entry : variable(environment, "NO_PROXY").split(",")) {
      if (matches(entry.strip().toLowerCase(Locale.ROOT), host, port)) {
        return Optional.empty();
      }
    }
    return Optional.of(checked(proxy, name));
  }

  private static String variable(Map<String, String> environment, String name) {
    String value = environment.getOrDefault(name, "");
    return value.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : value;
  }

  private static String checked(String proxy, String from) throws ObjectsException {
    try {
      URI uri = new URI(proxy.contains("://") ? proxy : "http://" + proxy);
      if (uri.getHost() == null) {
        throw new ObjectsException(new Problem.Malformed(), from + " is not the URL of a proxy");
      }
      if (!"http".equalsIgnoreCase(uri.getScheme())) {
        throw new ObjectsException(
            new Problem.Malformed(),
            from + ": only proxies with http:// are supported, not " + uri.getScheme() + "://");
      }
      if (uri.getUserInfo() != null
          && !"".equals(System.getProperty("jdk.http.auth.tunneling.disabledSchemes"))) {
        throw new ObjectsException(
            new Problem.Malformed(),
            from
                + " has a password, which Java sends only when started with"
                + " -Djdk.http.auth.tunneling.disabledSchemes=");
      }
      int port = uri.getPort() > 0 ? uri.getPort() : 80;
      String user = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo() + "@";
      return "http://" + user + uri.getHost() + ":" + port;
    } catch (URISyntaxException e) {
      // Its text may hold a password.
      throw new ObjectsException(new Problem.Malformed(), from + " is not the URL of a proxy");
    }
  }

  private static boolean isThisMachine(String host) {
    if (host.equals("localhost")) {
      return true;
    }
    Optional<byte[]> address = address(host);
    try {
      return address.isPresent() && InetAddress.getByAddress(address.get()).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static boolean matches(String entry, String host, int port) {
    if (entry.isEmpty()) {
      return false;
    }
    if (entry.equals("*")) {
      return true;
    }
    int slash = entry.indexOf('/');
    if (slash > 0) {
      return inRange(entry.substring(0, slash), entry.substring(slash + 1), host);
    }
    String pattern = entry;
    int colon = entry.lastIndexOf(':');
    if (colon > 0 && entry.indexOf(':') == colon) {
      if (!entry.substring(colon + 1).equals(Integer.toString(port))) {
        return false;
      }
      pattern = entry.substring(0, colon);
    }
    if (pattern.startsWith("*.")) {
      pattern = pattern.substring(1);
    }
    return pattern.startsWith(".")
        ? host.endsWith(pattern)
        : host.equals(pattern) || host.endsWith("." + pattern);
  }

  private static boolean inRange(String network, String bits, String host) {
    Optional<byte[]> range = address(network);
    Optional<byte[]> address = address(host);
    if (range.isEmpty() || address.isEmpty() || range.get().length != address.get().length) {
      return false;
    }
    int length;
    try {
      length = Integer.parseInt(bits);
    } catch (NumberFormatException e) {
      return false;
    }
    for (int bit = 0; bit < Math.min(length, range.get().length * 8); bit++) {
      int mask = 0x80 >> (bit % 8);
      if ((range.get()[bit / 8] & mask) != (address.get()[bit / 8] & mask)) {
        return false;
      }
    }
    return length >= 0;
  }

  /** The bytes of an address that is written as one; no name is resolved. */
  private static Optional<byte[]> address(String text) {
    String bare = text.startsWith("[") ? text.substring(1, text.length() - 1) : text;
    if (!bare.matches("[0-9.]+") && !bare.contains(":")) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(bare).getAddress());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
