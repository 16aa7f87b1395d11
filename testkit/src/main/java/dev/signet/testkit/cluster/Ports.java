package dev.signet.testkit.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The ports of one control plane. They stay the same when a server is started again, so they are
 * taken from below the range that operating systems give to outgoing connections (32768 on Linux):
 * nobody gets one by chance while a server is down.
 */
record Ports(int etcd, int etcdPeer, int apiServer, int controllerManager) {

  private static final int FIRST = 15000;
  private static final int END = 32768;

  /** Free on loopback; in a network of its own all are. */
  static Ports free() throws IOException {
    Set<Integer> free = new HashSet<>();
    SecureRandom random = new SecureRandom();
    for (int tries = 0; free.size() < 4; tries++) {
      if (tries == 1000) {
        throw new IOException("no four free ports from " + FIRST + " to " + (END - 1));
      }
      int port = random.nextInt(FIRST, END);
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        free.add(port);
      } catch (IOException taken) {
        // Another one then.
      }
    }
    List<Integer> ports = List.copyOf(free);
    return new Ports(ports.get(0), ports.get(1), ports.get(2), ports.get(3));
  }

  static Ports read(Path file) throws IOException {
    List<Integer> ports =
        Files.readString(file).lines().map(line -> Integer.valueOf(line.strip())).toList();
    return new Ports(ports.get(0), ports.get(1), ports.get(2), ports.get(3));
  }

  void write(Path file) throws IOException {
    Files.writeString(
        file, "%d\n%d\n%d\n%d\n".formatted(etcd, etcdPeer, apiServer, controllerManager));
  }
}
