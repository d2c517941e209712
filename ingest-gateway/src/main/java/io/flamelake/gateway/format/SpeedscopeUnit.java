/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.gateway.convert.Malformed;
import java.util.Locale;

/** What the values of a speedscope profile are measured in. */
enum SpeedscopeUnit {
  NONE(1),
  NANOSECONDS(1),
  MICROSECONDS(1_000),
  MILLISECONDS(1_000_000),
  SECONDS(1_000_000_000),
  BYTES(1);

  private final long nanos;

  SpeedscopeUnit(long nanos) {
    this.nanos = nanos;
  }

  static SpeedscopeUnit of(String text) {
    for (SpeedscopeUnit unit : values()) {
      if (unit.wireName().equals(text)) {
        return unit;
      }
    }

    throw Malformed.of("unit: " + Malformed.quote(text));
  }

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The type of a profile in this unit.
   *
   * @param severalProfiles whether the file has others, perhaps in other units: the name of the
   *     application cannot tell the type of all
   */
  AppProfileType typeOf(String app, boolean severalProfiles) {
    boolean namesNoType = app.indexOf('.') < 0;
    boolean unitDecides = severalProfiles ? this != NONE : this == BYTES && namesNoType;
    return AppProfileType.of(unitDecides ? app + "." + wireName() : app);
  }

  /**
   * What one of the profile's values stands for in the unit of the type.
   *
   * @throws io.flamelake.model.pprof.MalformedProfileException if this is no unit of such things
   */
  long factor(AppProfileType type, long periodNanos) {
    if (this == NONE) {
      return type.sampled() ? periodNanos : 1;
    }

    String unit = this == BYTES ? "bytes" : "nanoseconds";
    if (!type.unit().equals(unit)) {
      throw Malformed.of(
          "unit: '" + wireName() + "' (expected: 'none' or one of " + type.unit() + ")");
    }

    return nanos;
  }
}
