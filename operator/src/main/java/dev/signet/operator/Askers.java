package dev.signet.operator;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Who asks, as far as it cannot be made up, and how often each may. Three limits hold at once, each
 * for a path by itself:
 *
 * <ul>
 *   <li>the client's. The API server's service proxy appends the address that it was asked from to
 *       {@code X-Forwarded-For}: the last address there is not the client's to choose, those before
 *       it are. Without the header it is the peer;
 *   <li>the peer's, {@value #PEER} times as much: whoever connects directly may write any header,
 *       and then no more than this helps;
 *   <li>everybody's, {@value #ALL} times as much.
 * </ul>
 *
 * An IPv6 address counts as its network of 64 bits, all of which one machine may use.
 */
final class Askers {

  private static final int PEER = 8;
  private static final int ALL = 16;
  private static final int NETWORK = 8;

  private final Gcra clients;
  private final Gcra peers;
  private final Gcra all;

  Askers(int perSecond, int burst) {
    clients = new Gcra(perSecond, burst);
    peers = new Gcra(PEER * perSecond, PEER * (burst + 1) - 1);
    all = new Gcra(ALL * perSecond, ALL * (burst + 1) - 1);
  }

  /** Counts the request unless one of the limits refuses it; what the client has left. */
  synchronized Gcra.State ask(String path, InetAddress from, List<String> forwardedFor, long now) {
    String peer = path + " " + name(from);
    String client = client(path, forwardedFor, peer);
    Gcra.State state = clients.look(client, now);
    if (state.limited() || peers.look(peer, now).limited() || all.look(path, now).limited()) {
      return new Gcra.State(true, state.limit(), 0, state.resetNanos());
    }
    clients.count(client, now);
    peers.count(peer, now);
    all.count(path, now);
    return state;
  }

  private static String client(String path, List<String> forwardedFor, String peer) {
    if (forwardedFor.isEmpty()) {
      return peer;
    }
    String header = forwardedFor.getLast();
    String last = header.substring(header.lastIndexOf(',') + 1).strip();
    try {
      return path + " for " + name(InetAddress.ofLiteral(last));
    } catch (IllegalArgumentException e) {
      // No proxy of Kubernetes writes this; all who send such things share one name.
      return path + " for nobody";
    }
  }

  private static String name(InetAddress address) {
    byte[] bytes = address.getAddress();
    return address instanceof Inet6Address
        ? HexFormat.of().formatHex(Arrays.copyOf(bytes, NETWORK))
        : HexFormat.of().formatHex(bytes);
  }
}
