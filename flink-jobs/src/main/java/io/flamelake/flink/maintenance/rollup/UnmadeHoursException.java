/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Hours cannot be rolled up; the others of the same day can. */
final class UnmadeHoursException extends Exception {

  private static final long serialVersionUID = 1L;

  private final TreeSet<Integer> hours;

  private UnmadeHoursException(Set<Integer> hours, String message) {
    super(message);
    this.hours = new TreeSet<>(hours);
  }

  static UnmadeHoursException tooLarge(SampleKey key, String size) {
    return new UnmadeHoursException(
        Set.of(key.hour()),
        "The tree of service %s and type %s has %s (expected: what fits into memory)"
            .formatted(key.serviceName(), key.profileType(), size));
  }

  static UnmadeHoursException unknownStacks(String serviceName, Set<Integer> hours, long stacks) {
    return new UnmadeHoursException(
        hours,
        "Service %s has %d stacks that table stacks does not have".formatted(serviceName, stacks));
  }

  SortedSet<Integer> hours() {
    return Collections.unmodifiableSortedSet(hours);
  }
}
