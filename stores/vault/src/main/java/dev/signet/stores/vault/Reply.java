package dev.signet.stores.vault;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.store.JsonFields;
import dev.signet.delivery.store.JsonTree;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object that Vault answered with, in bytes: nothing of it becomes a text unless it is asked
 * for as one. The envelope is such an object, and so is what it has under {@code data}.
 *
 * <p>An object in it is the text that the server wrote. Vault is a Go program that writes maps with
 * sorted keys, no spaces and {@code < > &} escaped, and numbers as they were stored; that is what
 * External Secrets makes of a whole secret as well, so it is passed on as it is.
 */
final class Reply implements AutoCloseable {

  private final Map<String, SecretBytes> fields;

  private Reply(Map<String, SecretBytes> fields) {
    this.fields = fields;
  }

  static Reply of(byte[] json) throws JsonFields.NotAnObjectException {
    return new Reply(JsonFields.of(json));
  }

  /** Empty where there is none. The object that is returned is the caller's to close. */
  Optional<Reply> object(String name) throws JsonFields.NotAnObjectException {
    Optional<SecretBytes> json = raw(name);
    if (json.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(json.get().<Reply, JsonFields.NotAnObjectException>with(Reply::of));
  }

  /** A field: of a string its text, of all else the JSON; empty where it is absent or null. */
  Optional<SecretBytes> raw(String name) {
    return Optional.ofNullable(fields.get(name)).filter(value -> value.size() > 0);
  }

  /** The fields; they stay this object's. An absent value is empty. */
  Map<String, SecretBytes> fields() {
    return fields;
  }

  String text(String name) {
    return raw(name).map(Reply::text).orElse("");
  }

  private static String text(SecretBytes value) {
    return value.with(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /** Zero where it is none. */
  long number(String name) {
    String text = text(name);
    return text.matches("-?[0-9]{1,15}") ? Long.parseLong(text) : 0;
  }

  boolean flag(String name) {
    return text(name).equals("true");
  }

  /** What holds no secrets, as a tree; empty where it is no object. */
  Map<String, @Nullable Object> tree(String name) {
    return raw(name).flatMap(value -> value.with(JsonTree::object)).orElse(Map.of());
  }

  /** The texts of a list. */
  List<String> texts(String name) {
    byte[] list = raw(name).map(value -> value.with(byte[]::clone)).orElseGet(() -> new byte[0]);
    String whole = "{\"list\":" + new String(list, StandardCharsets.UTF_8) + "}";
    Object found =
        JsonTree.object(whole.getBytes(StandardCharsets.UTF_8)).orElse(Map.of()).get("list");
    return found instanceof List<?> all
        ? all.stream().filter(String.class::isInstance).map(String.class::cast).toList()
        : List.of();
  }

  @Override
  public void close() {
    fields.values().forEach(SecretBytes::close);
  }
}
