/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import java.util.Comparator;

/** What one tree is of, in the order in which trees are made: a service's stacks are read once. */
record SampleKey(String serviceName, String profileType, int hour)
    implements Comparable<SampleKey> {

  private static final Comparator<SampleKey> ORDER =
      Comparator.comparing(SampleKey::serviceName)
          .thenComparing(SampleKey::profileType)
          .thenComparingInt(SampleKey::hour);

  boolean is(String otherService, String otherType, int otherHour) {
    return hour == otherHour && serviceName.equals(otherService) && profileType.equals(otherType);
  }

  @Override
  public int compareTo(SampleKey other) {
    return ORDER.compare(this, other);
  }
}
