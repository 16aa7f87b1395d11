package dev.signet.template.sprig;

import dev.signet.template.Call;
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

  /** A time in a gap is later by its length, one that occurs twice is the first. */
  Instant instant(LocalDateTime local) {
    ZoneRules rules = id.getRules();
    List<ZoneOffset> offsets = rules.getValidOffsets(local);
    if (!offsets.isEmpty()) {
      return local.toInstant(offsets.getFirst()).minusSeconds(fixedSeconds);
    }
    ZoneOffsetTransition gap = rules.getTransition(local);
    return local.toInstant(gap == null ? ZoneOffset.UTC : gap.getOffsetBefore());
  }

  String goSyntax() {
    return switch (name) {
      case "UTC" -> "time.UTC";
      case "Local" -> "time.Local";
      default -> "time.Location(" + dev.signet.template.Quote.quote(new Str(name).raw()) + ")";
    };
  }
}
