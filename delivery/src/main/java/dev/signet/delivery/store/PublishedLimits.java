package dev.signet.delivery.store;

import java.net.URI;
import java.time.LocalDate;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What the maker of a back end says in public of how much it takes: data, for whoever paces calls
 * and for documents. What counts in the end are the back end's answers.
 *
 * @param rates the first one is that of the calls that read a single value, when it is published
 * @param source where it is published
 * @param read when it was read there
 */
public record PublishedLimits(List<Rate> rates, List<Size> sizes, URI source, LocalDate read) {

  /**
   * How many calls a second it takes, of one account in one region or whatever it counts by.
   *
   * @param calls those that share it, by the names that the back end gives them
   */
  public record Rate(List<String> calls, double perSecond) {
    public Rate {
      calls = List.copyOf(calls);
      if (calls.isEmpty() || !(perSecond > 0)) {
        throw new IllegalArgumentException("a rate has calls, and is positive");
      }
    }
  }

  /**
   * How large something may be.
   *
   * @param what such as {@code a secret value}
   */
  public record Size(String what, long bytes) {}

  /** Nothing is published, or it depends on whoever runs the back end. */
  public static final PublishedLimits NONE =
      new PublishedLimits(List.of(), List.of(), URI.create(""), LocalDate.EPOCH);

  public PublishedLimits {
    rates = List.copyOf(rates);
    sizes = List.copyOf(sizes);
  }

  /** The rate to begin with. */
  public OptionalDouble first() {
    return rates.stream().limit(1).mapToDouble(Rate::perSecond).findFirst();
  }
}
