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
 */
record GoZone(ZoneId id, String name, @Nullable String abbreviation) {
  static final GoZone UTC = new GoZone(ZoneOffset.UTC, "UTC", "UTC");

  static GoZone local(Call call) {
    return new GoZone(call.zone(), "Local", null);
  }

  /** A zone from an offset, with the abbreviation it was given with. */
  static GoZone fixed(String abbreviation, int offsetSeconds) {
    int clamped = Math.clamp(offsetSeconds, -18 * 3600, 18 * 3600);
    return new GoZone(ZoneOffset.ofTotalSeconds(clamped), abbreviation, abbreviation);
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
      return new GoZone(ZoneId.of(raw), raw, null);
    } catch (DateTimeException e) {
      return UTC;
    }
  }

  /** What the zone is called at an instant: EST, UTC, or an offset like +04. */
  String abbreviationAt(Instant instant) {
    if (abbreviation != null) {
      return abbreviation;
    }
    int offset = id.getRules().getOffset(instant).getTotalSeconds();
    return ZoneAbbreviations.of(id.getId(), offset);
  }

  /** A time in a gap is later by its length, one that occurs twice is the first. */
  Instant instant(LocalDateTime local) {
    ZoneRules rules = id.getRules();
    List<ZoneOffset> offsets = rules.getValidOffsets(local);
    if (!offsets.isEmpty()) {
      return local.toInstant(offsets.getFirst());
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
