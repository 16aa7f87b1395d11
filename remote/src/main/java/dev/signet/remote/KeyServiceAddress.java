package dev.signet.remote;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/** Where a key service is: {@code tcp://HOST:PORT} or {@code unix:///PATH}. */
public sealed interface KeyServiceAddress {

  record Tcp(String host, int port) implements KeyServiceAddress {
    @Override
    public String toString() {
      return "tcp://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  record Unix(Path socket) implements KeyServiceAddress {
    @Override
    public String toString() {
      return "unix://" + socket;
    }
  }

  static KeyServiceAddress parse(String text) throws IOException {
    try {
      URI uri = URI.create(text);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      if (scheme.equals("tcp") && uri.getHost() != null && uri.getPort() > 0) {
        return new Tcp(uri.getHost().replaceAll("[\\[\\]]", ""), uri.getPort());
      }
      if (scheme.equals("unix") && uri.getPath() != null && uri.getPath().startsWith("/")) {
        return new Unix(Path.of(uri.getPath()));
      }
    } catch (IllegalArgumentException e) {
      // Falls through.
    }
    throw malformed(text);
  }

  /**
   * What a server listens on.
   *
   * @param network {@code tcp} or {@code unix}
   */
  static KeyServiceAddress of(String network, String address, Path folder) throws IOException {
    switch (network) {
      case "tcp", "tcp4", "tcp6" -> {
        int colon = address.lastIndexOf(':');
        if (colon >= 0 && address.substring(colon + 1).matches("[0-9]{1,5}")) {
          int port = Integer.parseInt(address.substring(colon + 1));
          if (port < 1 << 16) {
            return new Tcp(address.substring(0, colon).replaceAll("[\\[\\]]", ""), port);
          }
        }
      }
      case "unix" -> {
        try {
          return new Unix(folder.resolve(address));
        } catch (InvalidPathException e) {
          // Falls through.
        }
      }
      default -> throw new IOException("there is no network " + network + ": use tcp or unix");
    }
    throw malformed(address);
  }

  private static IOException malformed(String text) {
    return new IOException(
        "the address of a key service is malformed: "
            + text
            + ": use tcp://HOST:PORT or"
            + " unix:///PATH");
  }

  /** As a socket takes it; no host means all addresses of this machine. */
  default SocketAddress socketAddress() {
    return switch (this) {
      case Tcp tcp ->
          tcp.host().isEmpty()
              ? new InetSocketAddress(tcp.port())
              : new InetSocketAddress(tcp.host(), tcp.port());
      case Unix unix -> UnixDomainSocketAddress.of(unix.socket());
    };
  }
}
