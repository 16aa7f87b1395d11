package dev.signet.stores.vault;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.JsonFields;
import dev.signet.delivery.store.StoreException;
import dev.signet.template.select.Json;
import dev.signet.template.select.SelectorException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a KV engine holds under one path: a JSON object whose top-level values are kept as the JSON
 * texts they are, so that putting one in or taking one out leaves the others byte for byte.
 */
final class KvDocument implements AutoCloseable {

  private final TreeMap<String, SecretBytes> members;

  private KvDocument(Map<String, SecretBytes> members) {
    this.members = new TreeMap<>();
    members.forEach((name, value) -> put(wellFormed(name), value));
  }

  /** Half a surrogate pair, which an escape can make, becomes what Go makes of it. */
  private static String wellFormed(String name) {
    return name.codePoints()
        .map(
            each ->
                each >= Character.MIN_SURROGATE && each <= Character.MAX_SURROGATE ? 0xfffd : each)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  static KvDocument empty() {
    return new KvDocument(Map.of());
  }

  static KvDocument of(SecretBytes json) throws JsonFields.NotAnObjectException {
    return new KvDocument(
        json.<Map<String, SecretBytes>, JsonFields.NotAnObjectException>with(JsonFields::raw));
  }

  Set<String> names() {
    return members.keySet();
  }

  boolean holdsText(String name) {
    SecretBytes value = members.get(name);
    return value != null && value.with(bytes -> bytes[0] == '"');
  }

  /** Takes {@code json} over. */
  void put(String name, SecretBytes json) {
    SecretBytes before = members.put(name, json);
    if (before != null) {
      before.close();
    }
  }

  void remove(String name) {
    SecretBytes before = members.remove(name);
    if (before != null) {
      before.close();
    }
  }

  SecretBytes json() {
    Wiped out = new Wiped();
    try (out) {
      out.write('{');
      int number = 0;
      for (Map.Entry<String, SecretBytes> each : members.entrySet()) {
        if (number++ > 0) {
          out.write(',');
        }
        quote(each.getKey().getBytes(StandardCharsets.UTF_8), out);
        out.write(':');
        each.getValue()
            .with(
                bytes -> {
                  out.write(bytes, 0, bytes.length);
                  return true;
                });
      }
      out.write('}');
      return SecretBytes.wrap(out.toByteArray());
    }
  }

  /** Whether both mean the same, however they are written. */
  boolean sameAs(KvDocument other) {
    return names().equals(other.names())
        && members.entrySet().stream()
            .allMatch(each -> other.holds(each.getKey(), each.getValue()));
  }

  private boolean holds(String name, SecretBytes value) {
    SecretBytes there = members.get(name);
    return there != null && same(there, value);
  }

  private static boolean same(SecretBytes one, SecretBytes other) {
    if (one.matches(other)) {
      return true;
    }
    try {
      Json first = one.<Json, SelectorException>with(bytes -> Json.parse(bytes.clone()));
      Json second = other.<Json, SelectorException>with(bytes -> Json.parse(bytes.clone()));
      return first.equals(second);
    } catch (SelectorException e) {
      return false;
    }
  }

  /**
   * A value as a JSON string.
   *
   * @throws StoreException where it is not text: what Vault would keep of it is something else
   */
  static SecretBytes quoted(SecretBytes value, String what) throws StoreException {
    Wiped out = new Wiped();
    try (out) {
      value.<Boolean, CharacterCodingException>with(
          bytes -> {
            var decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            Arrays.fill(decoded.array(), '\0');
            quote(bytes, out);
            return true;
          });
      return SecretBytes.wrap(out.toByteArray());
    } catch (CharacterCodingException e) {
      throw new StoreException(
          new Problem.Malformed(),
          what
              + " is not text, and Vault keeps nothing else: push it encoded, with a template that"
              + " has b64enc");
    }
  }

  private static void quote(byte[] utf8, ByteArrayOutputStream out) {
    out.write('"');
    for (byte each : utf8) {
      if (each == '"' || each == '\\') {
        out.write('\\');
        out.write(each);
      } else if (each >= 0 && each < 0x20) {
        byte[] escape = String.format("\\u%04x", (int) each).getBytes(StandardCharsets.US_ASCII);
        out.write(escape, 0, escape.length);
      } else {
        out.write(each);
      }
    }
    out.write('"');
  }

  @Override
  public void close() {
    members.values().forEach(SecretBytes::close);
  }

  /** Leaves nothing of what was written. */
  private static final class Wiped extends ByteArrayOutputStream {
    @Override
    public void close() {
      Arrays.fill(buf, (byte) 0);
    }
  }
}
