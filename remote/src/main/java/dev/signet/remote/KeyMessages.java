package dev.signet.remote;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.signet.sops.MasterKey;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What key services say to each other, as upstream's file {@code keyservice.proto} has it: gRPC,
 * protocol buffers 3, no package.
 *
 * <pre>
 * service KeyService   Encrypt, Decrypt
 * request              1 key, 2 plain text or what stands in the file as enc
 * answer               1 what stands in the file as enc, or plain text
 * key                  one of 1 kms {1 arn, 2 role, 3 context as a map, 4 aws_profile}
 *                             2 pgp {1 fingerprint}        3 gcp_kms {1 resource_id}
 *                             4 azure {1 vault_url, 2 name, 3 version}
 *                             5 vault {1 vault_address, 2 engine_path, 3 key_name}
 *                             6 age {1 recipient}          7 hckms {1 key_id}
 * </pre>
 *
 * <p>All fields are texts, bytes or messages; unknown ones are skipped, of one that comes twice the
 * last counts.
 */
final class KeyMessages {

  /** No part of a data key is longer, and no key's encrypted form much. */
  static final int LARGEST = 1 << 16;

  private static final int KEY = 1;
  private static final int DATA = 2;
  private static final int KMS_CONTEXT = 3;
  private static final OffsetDateTime UNKNOWN = Instant.EPOCH.atOffset(ZoneOffset.UTC);

  static final MethodDescriptor<byte[], byte[]> ENCRYPT = method("Encrypt");
  static final MethodDescriptor<byte[], byte[]> DECRYPT = method("Decrypt");

  private KeyMessages() {}

  private static MethodDescriptor<byte[], byte[]> method(String name) {
    MethodDescriptor.Marshaller<byte[]> bytes =
        new MethodDescriptor.Marshaller<>() {
          @Override
          public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
          }

          @Override
          public byte[] parse(InputStream stream) {
            try {
              return stream.readAllBytes();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(MethodDescriptor.generateFullMethodName("KeyService", name))
        .setRequestMarshaller(bytes)
        .setResponseMarshaller(bytes)
        .build();
  }

  @FunctionalInterface
  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot fail", e);
    }
    return bytes.toByteArray();
  }

  static byte[] request(MasterKey key, byte[] data) {
    return message(
        out -> {
          out.writeByteArray(KEY, key(key));
          out.writeByteArray(DATA, data);
        });
  }

  static byte[] answer(byte[] data) {
    return message(out -> out.writeByteArray(1, data));
  }

  private static byte[] key(MasterKey key) {
    return switch (key) {
      case MasterKey.Kms kms -> one(1, kms(kms));
      case MasterKey.Pgp pgp -> one(2, texts(pgp.fingerprint()));
      case MasterKey.GcpKms google -> one(3, texts(google.resourceId()));
      case MasterKey.AzureKeyVault azure ->
          one(4, texts(azure.vaultUrl(), azure.key(), azure.version()));
      case MasterKey.HcVault vault ->
          one(5, texts(vault.address(), vault.enginePath(), vault.key()));
      case MasterKey.Age age -> one(6, texts(age.recipient()));
      case MasterKey.HuaweiKms huawei -> one(7, texts(huawei.keyId()));
    };
  }

  private static byte[] one(int number, byte[] key) {
    return message(out -> out.writeByteArray(number, key));
  }

  private static byte[] texts(String... texts) {
    return message(
        out -> {
          for (int i = 0; i < texts.length; i++) {
            if (!texts[i].isEmpty()) {
              out.writeString(i + 1, texts[i]);
            }
          }
        });
  }

  private static byte[] kms(MasterKey.Kms key) {
    return message(
        out -> {
          out.writeRawBytes(texts(key.arn(), key.role()));
          for (Map.Entry<String, String> pair : new TreeMap<>(key.context()).entrySet()) {
            out.writeByteArray(KMS_CONTEXT, texts(pair.getKey(), pair.getValue()));
          }
          if (!key.profile().isEmpty()) {
            out.writeString(4, key.profile());
          }
        });
  }

  /** What is asked; without a key where it names none that is known. */
  static final class Request {
    private final Optional<MasterKey> key;
    private final byte[] data;

    private Request(Optional<MasterKey> key, byte[] data) {
      this.key = key;
      this.data = data;
    }

    Optional<MasterKey> key() {
      return key;
    }

    /** Its reader zeroes it. */
    byte[] data() {
      return data;
    }
  }

  static Request readRequest(byte[] bytes) throws IOException {
    Map<Integer, byte[]> fields = fields(bytes);
    byte[] key = fields.get(KEY);
    return new Request(
        key == null ? Optional.empty() : readKey(key), fields.getOrDefault(DATA, new byte[0]));
  }

  static byte[] readAnswer(byte[] bytes) throws IOException {
    return fields(bytes).getOrDefault(1, new byte[0]);
  }

  private static Optional<MasterKey> readKey(byte[] bytes) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    Optional<MasterKey> key = Optional.empty();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int number = WireFormat.getTagFieldNumber(tag);
      if (isBytes(tag) && number >= 1 && number <= 7) {
        key = Optional.of(key(number, in.readByteArray()));
      } else if (!in.skipField(tag)) {
        throw new IOException("a message ends where none began");
      }
    }
    return key;
  }

  private static MasterKey key(int number, byte[] bytes) throws IOException {
    Map<Integer, byte[]> fields = fields(bytes);
    String first = text(fields, 1);
    String second = text(fields, 2);
    return switch (number) {
      case 1 -> new MasterKey.Kms(first, second, context(bytes), text(fields, 4), UNKNOWN, "");
      case 2 -> new MasterKey.Pgp(first, UNKNOWN, "");
      case 3 -> new MasterKey.GcpKms(first, UNKNOWN, "");
      case 4 -> new MasterKey.AzureKeyVault(first, second, text(fields, 3), UNKNOWN, "");
      case 5 -> new MasterKey.HcVault(first, second, text(fields, 3), UNKNOWN, "");
      case 6 -> new MasterKey.Age(first, "");
      default -> new MasterKey.HuaweiKms(first, UNKNOWN, "");
    };
  }

  private static Map<String, String> context(byte[] bytes) throws IOException {
    Map<String, String> context = new HashMap<>();
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (isBytes(tag) && WireFormat.getTagFieldNumber(tag) == KMS_CONTEXT) {
        Map<Integer, byte[]> pair = fields(in.readByteArray());
        context.put(text(pair, 1), text(pair, 2));
      } else if (!in.skipField(tag)) {
        throw new IOException("a message ends where none began");
      }
    }
    return context;
  }

  private static Map<Integer, byte[]> fields(byte[] bytes) throws IOException {
    Map<Integer, byte[]> fields = new HashMap<>();
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (isBytes(tag)) {
        fields.put(WireFormat.getTagFieldNumber(tag), in.readByteArray());
      } else if (!in.skipField(tag)) {
        throw new IOException("a message ends where none began");
      }
    }
    return fields;
  }

  private static boolean isBytes(int tag) {
    return WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  private static String text(Map<Integer, byte[]> fields, int number) {
    return new String(
        fields.getOrDefault(number, new byte[0]), java.nio.charset.StandardCharsets.UTF_8);
  }
}
