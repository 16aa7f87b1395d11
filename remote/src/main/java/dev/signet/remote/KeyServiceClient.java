package dev.signet.remote;

import dev.signet.core.SecretBytes;
import dev.signet.sops.MasterKey;
import dev.signet.sops.OpenKeys;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * A key service of another process: it has the master keys, and gets parts of data keys to encrypt
 * and what stands in files to decrypt. The connection is plain and says nothing of who asks, as
 * upstream's: what protects it is the socket's place, or a tunnel.
 */
public final class KeyServiceClient implements OpenKeys {

  /** Somebody may be asked there. */
  private static final long ANSWER_MINUTES = 5;

  private final KeyServiceAddress address;
  private final EventLoopGroup threads =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ManagedChannel channel;

  /** Connects when it is needed first. */
  public KeyServiceClient(KeyServiceAddress address) {
    this.address = address;
    this.channel =
        NettyChannelBuilder.forAddress(address.socketAddress())
            .channelType(
                switch (address) {
                  case KeyServiceAddress.Tcp _ -> NioSocketChannel.class;
                  case KeyServiceAddress.Unix _ -> NioDomainSocketChannel.class;
                })
            .eventLoopGroup(threads)
            .overrideAuthority("localhost")
            .maxInboundMessageSize(KeyMessages.LARGEST)
            .usePlaintext()
            .build();
  }

  @Override
  public String wrap(MasterKey key, SecretBytes part) throws UnavailableException {
    byte[] request = part.with(bytes -> KeyMessages.request(key, bytes));
    return new String(ask(KeyMessages.ENCRYPT, request), StandardCharsets.UTF_8);
  }

  @Override
  public SecretBytes unwrap(MasterKey key) throws UnavailableException {
    byte[] request = KeyMessages.request(key, key.enc().getBytes(StandardCharsets.UTF_8));
    return SecretBytes.wrap(ask(KeyMessages.DECRYPT, request));
  }

  private byte[] ask(MethodDescriptor<byte[], byte[]> method, byte[] request)
      throws UnavailableException {
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(ANSWER_MINUTES, TimeUnit.MINUTES);
    byte[] answer = new byte[0];
    try {
      answer = ClientCalls.blockingUnaryCall(channel, method, options, request);
      return KeyMessages.readAnswer(answer);
    } catch (StatusRuntimeException e) {
      String said = e.getStatus().getDescription();
      throw new UnavailableException(
          "key service "
              + address
              + ": "
              + (said == null ? e.getStatus().getCode().toString() : Json.printable(said)));
    } catch (IOException e) {
      throw new UnavailableException("key service " + address + ": the answer is malformed");
    } finally {
      Arrays.fill(request, (byte) 0);
      Arrays.fill(answer, (byte) 0);
    }
  }

  @Override
  public void close() {
    var _ = channel.shutdownNow();
    var _ = threads.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }
}
