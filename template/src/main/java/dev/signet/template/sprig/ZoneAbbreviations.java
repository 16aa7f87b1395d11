package dev.signet.template.sprig;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The abbreviations of the tz database, which the JDK does not have: for each zone and offset the
 * one used last. {@code zones.txt} has a line for each zone: its name, then {@code offset=name} for
 * each offset in seconds.
 */
final class ZoneAbbreviations {
  private static final Map<String, Map<Integer, String>> ZONES = read();

  private ZoneAbbreviations() {}

  static boolean isKnown(String zone) {
    return ZONES.containsKey(zone);
  }

  static String of(String zone, int offset) {
    String name = ZONES.getOrDefault(zone, Map.of()).get(offset);
    if (name != null) {
      return name;
    }
    if (offset == 0) {
      return "UTC";
    }
    if (offset % 60 != 0) {
      // Only local mean time is that precise.
      return "LMT";
    }
    int minutes = Math.abs(offset) / 60;
    String text = (offset < 0 ? "-" : "+") + twoDigits(minutes / 60);
    return minutes % 60 == 0 ? text : text + twoDigits(minutes % 60);
  }

  /** The offsets at which a zone is called this. */
  static List<Integer> offsets(String zone, String name) {
    return ZONES.getOrDefault(zone, Map.of()).entrySet().stream()
        .filter(entry -> entry.getValue().equals(name))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  private static String twoDigits(int number) {
    return (number < 10 ? "0" : "") + number;
  }

  private static Map<String, Map<Integer, String>> read() {
    Map<String, Map<Integer, String>> zones = new HashMap<>();
    try (InputStream in = ZoneAbbreviations.class.getResourceAsStream("zones.txt")) {
      if (in == null) {
        throw new IllegalStateException("zones.txt is not on the class path");
      }
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        String[] words = line.split(" ", -1);
        Map<Integer, String> byOffset = new HashMap<>();
        for (int i = 1; i < words.length; i++) {
          int equals = words[i].indexOf('=');
          byOffset.put(
              Integer.valueOf(words[i].substring(0, equals)), words[i].substring(equals + 1));
        }
        zones.put(words[0], Map.copyOf(byOffset));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.copyOf(zones);
  }
}
