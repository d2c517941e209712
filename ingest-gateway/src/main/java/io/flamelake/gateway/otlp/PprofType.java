/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

/**
 * The type of a profile in pprof's terms.
 *
 * @param name the label {@code __name__}
 * @param factor what the profile's values are multiplied by
 */
record PprofType(
    String name,
    String sampleType,
    String sampleUnit,
    String periodType,
    String periodUnit,
    long factor) {

  private static final String PROCESS_CPU = "process_cpu";
  private static final String OFF_CPU = "off_cpu";
  private static final String CPU = "cpu";
  private static final String NANOSECONDS = "nanoseconds";

  /**
   * Finds the type. Samples of the CPU become the time they stand for, under the name that other
   * clients' CPU profiles have; everything else keeps its type and is named for its period type.
   */
  static PprofType of(
      String sampleType, String sampleUnit, String periodType, String periodUnit, long period) {
    boolean countsCpuSamples =
        sampleType.equals("samples")
            && sampleUnit.equals("count")
            && periodType.equals(CPU)
            && periodUnit.equals(NANOSECONDS);
    if (countsCpuSamples && period > 0) {
      return new PprofType(PROCESS_CPU, CPU, NANOSECONDS, CPU, NANOSECONDS, period);
    }

    String name = periodType;
    if (countsCpuSamples) {
      name = PROCESS_CPU;
    } else if (periodType.isEmpty()) {
      boolean isOffCpu = sampleType.equals(OFF_CPU) && sampleUnit.equals(NANOSECONDS);
      name = isOffCpu ? OFF_CPU : PROCESS_CPU;
    }

    return new PprofType(name, sampleType, sampleUnit, periodType, periodUnit, 1);
  }

  /** A value in the type's unit; what is too large stops at the largest number. */
  long scale(long value) {
    long high = Math.multiplyHigh(value, factor);
    long low = value * factor;
    boolean fits = high == 0 && low >= 0 || high == -1 && low < 0;
    if (fits) {
      return low;
    }

    return value < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
  }
}
