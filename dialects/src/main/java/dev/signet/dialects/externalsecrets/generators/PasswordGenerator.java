package dev.signet.dialects.externalsecrets.generators;

import dev.signet.core.GoBase64;
import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.store.Generator;
import dev.signet.delivery.object.MalformedObjectException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code Password}: letters, digits and symbols in given numbers, in random order. By default of 24
 * characters a quarter are digits and a quarter symbols, and none occurs twice.
 */
final class PasswordGenerator implements Generator {

  private static final int LENGTH = 24;
  private static final int LONGEST = 65_536;
  private static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
  private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final String DIGITS = "0123456789";
  private static final String SYMBOLS = "~!@#$%^&*()_+`-={}|[]\\:\"<>?,./";
  private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private record Recipe(
      int letters, int digits, int symbols, String alphabet, String symbolSet, boolean repeat) {}

  @Override
  public String kind() {
    return "Password";
  }

  @Override
  public Made generate(String identity, Fields spec, Sources sources)
      throws MalformedObjectException {
    Recipe recipe = recipe(spec);
    String encoding = spec.string("encoding").filter(it -> !it.isEmpty()).orElse("raw");
    if (!List.of("raw", "base64", "base64url", "base32", "hex").contains(encoding)) {
      throw new MalformedObjectException(
          spec.path() + ".encoding must be one of raw, base64, base64url, base32, hex");
    }
    List<String> keys = spec.strings("secretKeys");
    Set<String> unique = new HashSet<>(keys);
    if (unique.size() < keys.size() || unique.contains("")) {
      throw new MalformedObjectException("secretKeys must be non-empty and unique");
    }
    Material material = new Material();
    for (String key : keys.isEmpty() ? List.of("password") : keys) {
      byte[] password = password(recipe, sources.random());
      byte[] encoded = encoded(password, encoding);
      Arrays.fill(password, (byte) 0);
      material.put(key, new Item(SecretBytes.wrap(encoded), Origin.of(identity, key)));
    }
    return Made.of(material);
  }

  private static Recipe recipe(Fields spec) throws MalformedObjectException {
    int length = number(spec, "length").filter(given -> given > 0).orElse(LENGTH);
    if (length > LONGEST) {
      throw new MalformedObjectException(spec.path() + ".length is more than " + LONGEST);
    }
    int digits = number(spec, "digits").orElse(length / 4);
    int symbols = number(spec, "symbols").orElse(length / 4);
    boolean repeat = spec.bool("allowRepeat").orElse(false);
    String alphabet = spec.bool("noUpper").orElse(false) ? LOWER : LOWER + UPPER;
    String symbolSet = spec.string("symbolCharacters").orElse(SYMBOLS);
    int letters = length - digits - symbols;
    if (digits < 0 || symbols < 0 || letters < 0) {
      throw new MalformedObjectException(
          "number of digits and symbols must be less than total length");
    }
    check(repeat, letters, alphabet, "letters");
    check(repeat, digits, DIGITS, "digits");
    check(repeat, symbols, symbolSet, "symbols");
    return new Recipe(letters, digits, symbols, alphabet, symbolSet, repeat);
  }

  private static void check(boolean repeat, int wanted, String available, String what)
      throws MalformedObjectException {
    boolean enough = repeat ? wanted == 0 || !available.isEmpty() : wanted <= available.length();
    if (!enough) {
      throw new MalformedObjectException(
          "number of " + what + " exceeds available " + what + " and repeats are not allowed");
    }
  }

  private static Optional<Integer> number(Fields spec, String name)
      throws MalformedObjectException {
    return switch (spec.raw(name)) {
      case null -> Optional.empty();
      case Long number when number >= Integer.MIN_VALUE && number <= Integer.MAX_VALUE ->
          Optional.of(number.intValue());
      default ->
          throw new MalformedObjectException(spec.path() + "." + name + " must be a whole number");
    };
  }

  private static byte[] password(Recipe recipe, SecureRandom random) {
    StringBuilder characters = new StringBuilder();
    draw(recipe.letters(), recipe.alphabet(), recipe.repeat(), random, characters);
    draw(recipe.digits(), DIGITS, recipe.repeat(), random, characters);
    draw(recipe.symbols(), recipe.symbolSet(), recipe.repeat(), random, characters);
    for (int i = characters.length() - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      char swapped = characters.charAt(i);
      characters.setCharAt(i, characters.charAt(j));
      characters.setCharAt(j, swapped);
    }
    byte[] bytes = characters.toString().getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < characters.length(); i++) {
      characters.setCharAt(i, '\0');
    }
    return bytes;
  }

  private static void draw(
      int count, String from, boolean repeat, SecureRandom random, StringBuilder into) {
    List<Character> left = new ArrayList<>();
    from.chars().forEach(c -> left.add((char) c));
    for (int i = 0; i < count; i++) {
      int at = random.nextInt(left.size());
      into.append((char) left.get(at));
      if (!repeat) {
        left.remove(at);
      }
    }
  }

  private static byte[] encoded(byte[] password, String encoding) {
    return switch (encoding) {
      case "base64" -> ascii(GoBase64.STD.encodeToString(password));
      case "base64url" -> ascii(GoBase64.URL.encodeToString(password));
      case "hex" -> ascii(HexFormat.of().formatHex(password));
      case "base32" -> base32(password);
      default -> password.clone();
    };
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] base32(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (int bit = 0; bit < bytes.length * 8; bit += 5) {
      int high = (bytes[bit / 8] & 0xff) << 8;
      int low = bit / 8 + 1 < bytes.length ? bytes[bit / 8 + 1] & 0xff : 0;
      text.append(BASE32.charAt((high | low) >> (11 - bit % 8) & 31));
    }
    while (text.length() % 8 != 0) {
      text.append('=');
    }
    return ascii(text.toString());
  }
}
