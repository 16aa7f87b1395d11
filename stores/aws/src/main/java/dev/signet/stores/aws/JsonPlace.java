package dev.signet.stores.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.JsonFields;
import dev.signet.delivery.store.JsonText;
import dev.signet.delivery.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A place in a JSON object, named as upstream names it: names with dots between them, and {@code
 * \.} for a dot in a name. What stands beside it stays as it was written, in its order. Where
 * upstream would put something into a list, this fails.
 */
final class JsonPlace {

  private final List<String> names;
  private final String what;

  /**
   * @param what how messages name it
   */
  JsonPlace(String property, String what) {
    this.names = names(property);
    this.what = what;
  }

  private static List<String> names(String property) {
    List<String> names = new ArrayList<>();
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < property.length(); i++) {
      char each = property.charAt(i);
      if (each == '\\' && i + 1 < property.length()) {
        name.append(property.charAt(++i));
      } else if (each == '.') {
        names.add(name.toString());
        name.setLength(0);
      } else {
        name.append(each);
      }
    }
    names.add(name.toString());
    return names;
  }

  /** The document with that text there; the same where it is there already. */
  SecretBytes set(SecretBytes document, SecretBytes text) throws StoreException {
    try (SecretBytes quoted = quoted(text)) {
      return set(document, names, quoted);
    }
  }

  private SecretBytes set(SecretBytes document, List<String> path, SecretBytes value)
      throws StoreException {
    String name = path.getFirst();
    Map<String, SecretBytes> fields = fields(document);
    try {
      SecretBytes there = fields.get(name);
      if (path.size() == 1) {
        if (there != null && there.matches(value)) {
          return document.copy();
        }
        replace(fields, name, value.copy());
      } else {
        try (SecretBytes nothing = SecretBytes.wrap(new byte[0])) {
          SecretBytes changed =
              set(there == null ? nothing : there, path.subList(1, path.size()), value);
          if (there != null && there.matches(changed)) {
            changed.close();
            return document.copy();
          }
          replace(fields, name, changed);
        }
      }
      return object(fields);
    } finally {
      fields.values().forEach(SecretBytes::close);
    }
  }

  private static void replace(Map<String, SecretBytes> fields, String name, SecretBytes value) {
    SecretBytes before = fields.put(name, value);
    if (before != null) {
      before.close();
    }
  }

  /** The document without it; the same where it is not there. */
  SecretBytes removed(SecretBytes document) throws StoreException {
    return removed(document, names);
  }

  private SecretBytes removed(SecretBytes document, List<String> path) throws StoreException {
    String name = path.getFirst();
    Map<String, SecretBytes> fields = fields(document);
    try {
      SecretBytes there = fields.get(name);
      if (there == null) {
        return document.copy();
      }
      if (path.size() == 1) {
        fields.remove(name);
        there.close();
      } else {
        SecretBytes changed = removed(there, path.subList(1, path.size()));
        if (there.matches(changed)) {
          changed.close();
          return document.copy();
        }
        replace(fields, name, changed);
      }
      return object(fields);
    } finally {
      fields.values().forEach(SecretBytes::close);
    }
  }

  boolean isIn(SecretBytes document) throws StoreException {
    try (SecretBytes without = removed(document)) {
      return !without.matches(document);
    }
  }

  /** Whether nothing stands in it. */
  static boolean isEmpty(SecretBytes object) {
    return object.with(bytes -> Arrays.equals(bytes, new byte[] {'{', '}'}));
  }

  private Map<String, SecretBytes> fields(SecretBytes document) throws StoreException {
    if (document.size() == 0) {
      return new LinkedHashMap<>();
    }
    try {
      return document.<Map<String, SecretBytes>, JsonFields.NotAnObjectException>with(
          JsonFields::raw);
    } catch (JsonFields.NotAnObjectException e) {
      throw new StoreException(
          new Problem.Malformed(),
          "a property can be pushed into a JSON object only, and "
              + what
              + " holds none where it leads to");
    }
  }

  private SecretBytes quoted(SecretBytes text) throws StoreException {
    try {
      return text.<SecretBytes, CharacterCodingException>with(
          bytes -> JsonText.of(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString()));
    } catch (CharacterCodingException e) {
      throw new StoreException(
          new Problem.Malformed(),
          "the value for "
              + what
              + " is not text, and JSON holds nothing else: push it encoded, with a template that"
              + " has b64enc");
    }
  }

  private static SecretBytes object(Map<String, SecretBytes> fields) {
    Wiped out = new Wiped();
    try (out) {
      out.write('{');
      fields.forEach(
          (name, value) -> {
            if (out.size() > 1) {
              out.write(',');
            }
            try (SecretBytes quoted = JsonText.of(name)) {
              out.add(quoted);
            }
            out.write(':');
            out.add(value);
          });
      out.write('}');
      return SecretBytes.wrap(out.toByteArray());
    }
  }

  private static final class Wiped extends ByteArrayOutputStream {
    void add(SecretBytes value) {
      value.with(
          bytes -> {
            writeBytes(bytes);
            return true;
          });
    }

    @Override
    public void close() {
      Arrays.fill(buf, (byte) 0);
    }
  }
}
