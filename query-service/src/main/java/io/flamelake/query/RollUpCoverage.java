/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import java.util.Collections;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * What roll-ups hold of one tenant's profiles in one version of the tables. A period that is not
 * among them has to be answered from the profiles.
 *
 * @param hoursWithProfiles numbers of all hours that profiles have to be read of, where no roll-up
 *     covers them
 * @param hours numbers of the hours whose trees are made of exactly the profiles of this version,
 *     or are all that is left of older ones
 * @param days the same of days
 */
public record RollUpCoverage(
    NavigableSet<Long> hoursWithProfiles, NavigableSet<Long> hours, NavigableSet<Long> days) {

  /** Says nothing, so that everything is read from the profiles. */
  public static final RollUpCoverage NONE =
      new RollUpCoverage(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());

  public RollUpCoverage {
    hoursWithProfiles = Collections.unmodifiableNavigableSet(new TreeSet<>(hoursWithProfiles));
    hours = Collections.unmodifiableNavigableSet(new TreeSet<>(hours));
    days = Collections.unmodifiableNavigableSet(new TreeSet<>(days));
  }

  /** Whether no period at all is covered. */
  public boolean isEmpty() {
    return hours.isEmpty() && days.isEmpty();
  }
}
