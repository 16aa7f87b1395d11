package dev.signet.template;

import java.time.InstantSource;
import java.time.ZoneId;
import java.util.random.RandomGenerator;

/** What a running function may use besides its arguments. */
public interface Call {
  /** Every function charges here for work and memory that its arguments can make large. */
  Meter meter();

  InstantSource clock();

  /** The zone that Go calls {@code Local}. */
  ZoneId zone();

  RandomGenerator random();
}
