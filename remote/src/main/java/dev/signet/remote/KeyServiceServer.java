package dev.signet.remote;

import dev.signet.core.SecretBytes;
import dev.signet.sops.KeyWrapping;
import dev.signet.sops.MasterKey;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Encrypts and decrypts parts of data keys, with the master keys of this machine, for whoever
 * reaches its address. A socket of its own is its user's alone, and goes when it ends.
 */
public final class KeyServiceServer implements AutoCloseable {

  /** Asks a person. */
  @FunctionalInterface
  public interface Approval {
    boolean granted(String question) throws IOException;
  }

  private final KeyServiceAddress address;
  private final Server server;
  private final EventLoopGroup threads;
  private final ExecutorService calls;

  private KeyServiceServer(
      KeyServiceAddress address, Server server, EventLoopGroup threads, ExecutorService calls) {
    this.address = address;
    this.server = server;
    this.threads = threads;
    this.calls = calls;
  }

  /** Listens from now on. */
  public static KeyServiceServer start(
      KeyServiceAddress address, KeyWrapping keys, Approval approval) throws IOException {
    EventLoopGroup threads = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address.socketAddress())
            .channelType(
                switch (address) {
                  case KeyServiceAddress.Tcp _ -> NioServerSocketChannel.class;
                  case KeyServiceAddress.Unix _ -> NioServerDomainSocketChannel.class;
                })
            .bossEventLoopGroup(threads)
            .workerEventLoopGroup(threads)
            .executor(calls)
            .maxInboundMessageSize(KeyMessages.LARGEST);
    var _ = builder.addService(service(keys, approval));
    Server server = builder.build();
    try {
      var _ = server.start();
      if (address instanceof KeyServiceAddress.Unix unix) {
        ownersOnly(unix.socket());
      }
    } catch (IOException e) {
      var _ = threads.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      calls.close();
      throw new IOException("cannot listen on " + address + ": " + cause(e), e);
    }
    return new KeyServiceServer(address, server, threads, calls);
  }

  private static String cause(Throwable failure) {
    Throwable last = failure;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return String.valueOf(last.getMessage());
  }

  private static void ownersOnly(Path socket) throws IOException {
    if (Files.getFileStore(socket).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    }
  }

  private static ServerServiceDefinition service(KeyWrapping keys, Approval approval) {
    return ServerServiceDefinition.builder("KeyService")
        .addMethod(KeyMessages.ENCRYPT, handler(KeyMessages.ENCRYPT, keys, approval))
        .addMethod(KeyMessages.DECRYPT, handler(KeyMessages.DECRYPT, keys, approval))
        .build();
  }

  private static io.grpc.ServerCallHandler<byte[], byte[]> handler(
      MethodDescriptor<byte[], byte[]> method, KeyWrapping keys, Approval approval) {
    boolean encrypts = method == KeyMessages.ENCRYPT;
    return ServerCalls.asyncUnaryCall(
        (request, answer) -> {
          try {
            answer.onNext(answered(request, encrypts, keys, approval));
            answer.onCompleted();
          } catch (StatusException e) {
            answer.onError(e);
          }
        });
  }

  private static byte[] answered(
      byte[] bytes, boolean encrypts, KeyWrapping keys, Approval approval) throws StatusException {
    KeyMessages.Request request;
    try {
      request = KeyMessages.readRequest(bytes);
    } catch (IOException e) {
      throw Status.INVALID_ARGUMENT.withDescription("the request is malformed").asException();
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
    try (SecretBytes data = SecretBytes.wrap(request.data())) {
      MasterKey key =
          request
              .key()
              .orElseThrow(
                  () -> Status.NOT_FOUND.withDescription("Must provide a key").asException());
      approve(key, encrypts, approval);
      if (encrypts) {
        MasterKey complete = keys.complete(key);
        return KeyMessages.answer(keys.wrap(complete, data).getBytes(StandardCharsets.UTF_8));
      }
      String enc = data.with(it -> new String(it, StandardCharsets.UTF_8));
      try (SecretBytes plain = keys.unwrap(key.withEnc(enc))) {
        return plain.with(KeyMessages::answer);
      }
    } catch (KeyWrapping.UnavailableException e) {
      throw Status.UNKNOWN.withDescription(e.getMessage()).asException();
    }
  }

  private static void approve(MasterKey key, boolean encrypts, Approval approval)
      throws StatusException {
    String question =
        "Received "
            + (encrypts ? "encrypt" : "decrypt")
            + " request using "
            + called(key)
            + ". Respond to request? (y/n): ";
    boolean granted;
    try {
      granted = approval.granted(question);
    } catch (IOException e) {
      throw Status.UNKNOWN.withDescription("nobody can be asked here").asException();
    }
    if (!granted) {
      throw Status.PERMISSION_DENIED.withDescription("Request rejected by user").asException();
    }
  }

  private static String called(MasterKey key) {
    String name = Json.printable(key.name());
    return switch (key) {
      case MasterKey.Pgp _ -> "PGP key with fingerprint " + name;
      case MasterKey.Kms _ -> "AWS KMS key with ARN " + name;
      case MasterKey.GcpKms _ -> "GCP KMS key with resource ID " + name;
      case MasterKey.AzureKeyVault _ -> "Azure Key Vault key with URL " + name;
      case MasterKey.HcVault _ -> "Hashicorp Vault key with URI " + name;
      case MasterKey.HuaweiKms _ -> "HuaweiCloud KMS key with ID " + name;
      case MasterKey.Age _ -> "age key with recipient " + name;
    };
  }

  /** The same address, with the port that was free where 0 was asked for. */
  public KeyServiceAddress address() {
    List<? extends SocketAddress> sockets = server.getListenSockets();
    return address instanceof KeyServiceAddress.Tcp tcp
            && !sockets.isEmpty()
            && sockets.getFirst() instanceof InetSocketAddress bound
        ? new KeyServiceAddress.Tcp(tcp.host(), bound.getPort())
        : address;
  }

  /** Until it is closed. */
  public void await() throws InterruptedException {
    server.awaitTermination();
  }

  @Override
  public void close() {
    var _ = server.shutdownNow();
    if (address instanceof KeyServiceAddress.Unix unix) {
      try {
        Files.deleteIfExists(unix.socket());
      } catch (IOException e) {
        // Whoever listens there next says so.
      }
    }
    var _ = threads.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    var _ = calls.shutdownNow();
  }
}
