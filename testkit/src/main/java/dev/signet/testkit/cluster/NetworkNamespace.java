package dev.signet.testkit.cluster;

import dev.signet.testkit.Needs;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A network of two ends: this machine with the address {@link #outside}, and a network namespace
 * with the address {@link #inside}, joined by a pair of virtual Ethernet devices. A control plane
 * in it has an address that is not loopback, and so have servers of a test that listen on the
 * outside address: what the API server's service proxy asks for.
 *
 * <p>The namespace has no name. A process holds it that dies with this JVM; when it and the servers
 * inside are gone, the kernel removes the namespace and the devices with it. The addresses are a
 * /30 of 198.18.0.0/15, the range for benchmarks (RFC 2544), that no device here uses.
 */
public final class NetworkNamespace implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String RIGHTS = "run as root on Linux with iproute2 and util-linux";

  private final Process holder;
  private final Spawner spawner;
  private final String outside;
  private final String inside;

  private NetworkNamespace(Process holder, Spawner spawner, String outside, String inside) {
    this.holder = holder;
    this.spawner = spawner;
    this.outside = outside;
    this.inside = inside;
  }

  /** Lets a test go on only where such a network can be made; it is tried. */
  public static void need() {
    for (String command : List.of("ip", "unshare", "nsenter", "setpriv")) {
      var _ = Needs.command(command, RIGHTS);
    }
    boolean allowed;
    String why = "";
    try (NetworkNamespace trial = create()) {
      allowed = trial.holder.isAlive();
    } catch (IOException e) {
      allowed = false;
      why = " (" + e.getMessage() + ")";
    }
    Needs.that(allowed, "the right to make a network namespace" + why, RIGHTS);
  }

  static NetworkNamespace create() throws IOException {
    Spawner spawner = Spawner.tied();
    int block = freeBlock();
    String outside = address(block + 1);
    String inside = address(block + 2);
    String device = "signet" + Integer.toString(block / 4, 36);
    Process holder =
        spawner.spawn(List.of("unshare", "--net", "--", "sleep", "infinity"), Path.of("/dev/null"));
    NetworkNamespace made = new NetworkNamespace(holder, spawner, outside, inside);
    try {
      made.awaitItsOwn();
      String pid = Long.toString(holder.pid());
      run("ip", "link", "add", device, "type", "veth", "peer", "name", "eth0", "netns", pid);
      run("ip", "address", "add", outside + "/30", "dev", device);
      run("ip", "link", "set", device, "up");
      made.runInside("ip", "link", "set", "lo", "up");
      made.runInside("ip", "address", "add", inside + "/30", "dev", "eth0");
      made.runInside("ip", "link", "set", "eth0", "up");
      return made;
    } catch (IOException e) {
      made.close();
      throw e;
    }
  }

  /** The address of this machine that the inside can reach. */
  public String outside() {
    return outside;
  }

  /** The address of the inside. */
  public String inside() {
    return inside;
  }

  /** What to put in front of a command so that it runs inside, as the same process. */
  List<String> enter() {
    return List.of("nsenter", "--net=/proc/" + holder.pid() + "/ns/net", "--");
  }

  /** Ends the holder; the last process inside takes the namespace and the devices with it. */
  @Override
  public void close() {
    holder.destroyForcibly();
    spawner.close();
  }

  /** The holder is in this machine's namespace until unshare has done its work. */
  private void awaitItsOwn() throws IOException {
    Path ours = Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
    Path theirs = Path.of("/proc/" + holder.pid() + "/ns/net");
    try {
      Eventually.holds(
          PATIENCE,
          "a network namespace",
          () -> {
            if (!holder.isAlive()) {
              throw new IllegalStateException("unshare ended with " + holder.exitValue());
            }
            return !Files.readSymbolicLink(theirs).equals(ours);
          });
    } catch (IllegalStateException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private void runInside(String... command) throws IOException {
    run(Stream.concat(enter().stream(), Stream.of(command)).toArray(String[]::new));
  }

  private static void run(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .start();
    try (var output = process.getInputStream()) {
      String said = new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
          || process.exitValue() != 0) {
        throw new IOException(String.join(" ", command) + ": " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static int freeBlock() {
    SecureRandom random = new SecureRandom();
    try {
      while (true) {
        int block = random.nextInt(1 << 15) * 4;
        String start = address(block).replaceAll("[0-9]+$", "");
        boolean used =
            NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .map(InetAddress::getHostAddress)
                .anyMatch(address -> address.startsWith(start));
        if (!used) {
          return block;
        }
      }
    } catch (SocketException e) {
      throw new UncheckedIOException("cannot list the network devices", e);
    }
  }

  /** The address with that offset in 198.18.0.0/15. */
  private static String address(int offset) {
    return "198." + (18 + (offset >> 16)) + "." + ((offset >> 8) & 255) + "." + (offset & 255);
  }
}
