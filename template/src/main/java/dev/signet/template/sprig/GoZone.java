package dev.signet.template.sprig;

import dev.signet.template.Call;
import dev.signet.template.Quote;
import dev.signet.template.Str;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Go's time.Location: the JDK's zone with the name Go knows it by, and the abbreviation where it is
 * a fixed one.
 *
 * @param name the zone's name, {@code Local} for the execution's own
 * @param abbreviation what a zone made from an offset is called; null for real zones
 * @param fixedSeconds the offset of a zone made from one, which may be more than the JDK allows
 */
record GoZone(ZoneId id, String name, @Nullable String abbreviation, int fixedSeconds) {
  static final GoZone UTC = new GoZone(ZoneOffset.UTC, "UTC", "UTC", 0);

  static GoZone local(Call call) {
    return new GoZone(call.zone(), "Local", null, 0);
  }

  /** A zone from an offset, with the abbreviation it was given with. */
  static GoZone fixed(String abbreviation, int offsetSeconds) {
    return new GoZone(ZoneOffset.UTC, abbreviation, abbreviation, offsetSeconds);
  }

  /** The zone of that name; UTC where there is none. */
  static GoZone named(Call call, String raw) {
    if (raw.equals("Local")) {
      return local(call);
    }
    if (raw.isEmpty() || raw.equals("UTC") || !ZoneAbbreviations.isKnown(raw)) {
      return UTC;
    }
    try {
      return new GoZone(ZoneId.of(raw), raw, null, 0);
    } catch (DateTimeException e) {
      return UTC;
    }
  }

  /** What the zone is called at an instant: EST, UTC, or an offset like +04. */
  String abbreviationAt(Instant instant) {
    if (abbreviation != null) {
      return abbreviation;
    }
    return ZoneAbbreviations.of(id.getId(), offsetAt(instant));
  }

  int offsetAt(Instant instant) {
    return fixedSeconds + id.getRules().getOffset(instant).getTotalSeconds();
  }

  /**
   * The instant of a local time, which may not exist or exist twice there: Go takes the offset at
   * that time in UTC, unless that leads across a transition.
   */
  Instant instant(LocalDateTime local) {
    Instant asUtc = local.toInstant(ZoneOffset.UTC).minusSeconds(fixedSeconds);
    ZoneRules rules = id.getRules();
    int offset = rules.getOffset(asUtc).getTotalSeconds();
    Instant shifted = asUtc.minusSeconds(offset);
    ZoneOffsetTransition start = rules.previousTransition(asUtc.plusNanos(1));
    ZoneOffsetTransition end = rules.nextTransition(asUtc);
    boolean within =
        (start == null || !shifted.isBefore(start.getInstant()))
            && (end == null || shifted.isBefore(end.getInstant()));
    return within ? shifted : asUtc.minusSeconds(rules.getOffset(shifted).getTotalSeconds());
  }

  /** The instant of a local time in the zone's time of that name; null where it has none. */
  @Nullable Instant instant(LocalDateTime local, String zoneName) {
    Instant asUtc = local.toInstant(ZoneOffset.UTC);
    List<Integer> offsets = ZoneAbbreviations.offsets(id.getId(), zoneName);
    for (int offset : offsets) {
      Instant instant = asUtc.minusSeconds(offset);
      if (abbreviationAt(instant).equals(zoneName)) {
        return asUtc.minusSeconds(offsetAt(instant));
      }
    }
    return offsets.isEmpty() ? null : asUtc.minusSeconds(offsets.getFirst());
  }

  String goSyntax() {
    return switch (name) {
      case "UTC" -> "time.UTC";
      case "Local" -> "time.Local";
      default -> "time.Location(" + Quote.quote(new Str(name).raw()) + ")";
    };
  }
}
