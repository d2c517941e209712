/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.limits;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.normalize.CumulativeTypes;
import io.flamelake.model.pprof.PprofLimits;
import java.time.Duration;
import java.util.Set;

/**
 * What a tenant may push.
 *
 * <p>Deeper stacks and longer strings than {@link PprofLimits#DEFAULT} has are cut by all readers
 * of stored profiles; a tenant may have less, not more.
 *
 * @param ingestionBodyBytes {@code gateway.limits.ingestion-body-bytes}: a request's body, as sent
 *     and decompressed, and the profiles of a request together
 * @param ingestionRateBytes {@code gateway.limits.ingestion-rate-bytes}: uncompressed bytes a
 *     second and gateway; 0 for no limit
 * @param ingestionBurstBytes {@code gateway.limits.ingestion-burst-bytes}: what may come at once
 *     after a pause, beyond the rate
 * @param maxLabelNameLength {@code gateway.limits.max-label-name-length}: bytes
 * @param maxLabelValueLength {@code gateway.limits.max-label-value-length}: bytes
 * @param maxLabelNamesPerSeries {@code gateway.limits.max-label-names-per-series}
 * @param maxProfileBytes {@code gateway.limits.max-profile-bytes}: one uncompressed pprof
 * @param maxProfileSamples {@code gateway.limits.max-profile-samples}: samples of one pprof
 * @param maxProfileSampleLabels {@code gateway.limits.max-profile-sample-labels}: labels of one
 *     sample
 * @param maxStackDepth {@code gateway.limits.max-profile-stack-depth}: locations of a stack; deeper
 *     ones lose their leaves
 * @param maxSymbolBytes {@code gateway.limits.max-profile-symbol-bytes}: bytes of a pprof's string;
 *     longer ones keep their tail
 * @param maxSessionsPerSeries {@code gateway.limits.max-sessions-per-series}: how many values of
 *     {@code __session_id__} are kept apart; 0 to drop the label
 * @param sanitizesLabelNames {@code gateway.limits.sanitize-label-names}: whether dots in names
 *     become underscores and other names than Prometheus' are refused
 * @param rejectOlderThan {@code gateway.limits.reject-older-than}: age of a profile; 0 for any
 * @param rejectNewerThan {@code gateway.limits.reject-newer-than}: how far ahead a profile's clock
 *     may be; 0 for any
 * @param deltaProfiles {@code gateway.limits.delta-profiles}: names of profiles whose cumulative
 *     types are stored as differences
 * @param relabelling rules for labels and sample types; in the overrides file only
 * @param sampling which profiles are let through only now and then; in the overrides file only
 */
public record Limits(
    long ingestionBodyBytes,
    long ingestionRateBytes,
    long ingestionBurstBytes,
    int maxLabelNameLength,
    int maxLabelValueLength,
    int maxLabelNamesPerSeries,
    long maxProfileBytes,
    int maxProfileSamples,
    int maxProfileSampleLabels,
    int maxStackDepth,
    int maxSymbolBytes,
    int maxSessionsPerSeries,
    boolean sanitizesLabelNames,
    Duration rejectOlderThan,
    Duration rejectNewerThan,
    Set<String> deltaProfiles,
    Relabelling relabelling,
    Sampling sampling) {

  public Limits {
    requireNonNull(rejectOlderThan, "rejectOlderThan");
    requireNonNull(rejectNewerThan, "rejectNewerThan");
    deltaProfiles = Set.copyOf(deltaProfiles);
    if (!CumulativeTypes.NAMES.containsAll(deltaProfiles)) {
      throw new IllegalArgumentException(
          "deltaProfiles: " + deltaProfiles + " (expected: of " + CumulativeTypes.NAMES + ")");
    }

    requireNonNull(relabelling, "relabelling");
    requireNonNull(sampling, "sampling");
    checkRange("ingestionBodyBytes", ingestionBodyBytes, 1, Integer.MAX_VALUE);
    checkRange("ingestionRateBytes", ingestionRateBytes, 0, Long.MAX_VALUE);
    checkRange("ingestionBurstBytes", ingestionBurstBytes, 0, Long.MAX_VALUE);
    checkRange("maxLabelNameLength", maxLabelNameLength, 1, 65_535);
    checkRange("maxLabelValueLength", maxLabelValueLength, 1, 65_535);
    checkRange("maxLabelNamesPerSeries", maxLabelNamesPerSeries, 2, 65_535);
    checkRange("maxProfileBytes", maxProfileBytes, 1, 256 << 20);
    checkRange("maxProfileSamples", maxProfileSamples, 1, Integer.MAX_VALUE);
    checkRange("maxProfileSampleLabels", maxProfileSampleLabels, 1, Integer.MAX_VALUE);
    checkRange("maxStackDepth", maxStackDepth, 1, PprofLimits.DEFAULT.maxDepth());
    checkRange("maxSymbolBytes", maxSymbolBytes, 1, PprofLimits.DEFAULT.maxStringBytes());
    checkRange("maxSessionsPerSeries", maxSessionsPerSeries, 0, Integer.MAX_VALUE);
    checkRange("rejectOlderThan", rejectOlderThan.toSeconds(), 0, Integer.MAX_VALUE);
    checkRange("rejectNewerThan", rejectNewerThan.toSeconds(), 0, Integer.MAX_VALUE);
  }

  /** Pyroscope's defaults, which clients are tuned to; but no rate limit. */
  public static Limits defaults() {
    return new Limits(
        256L << 20,
        0,
        2L << 20,
        1024,
        2048,
        30,
        PprofLimits.DEFAULT.maxBytes(),
        PprofLimits.DEFAULT.maxSamples(),
        PprofLimits.DEFAULT.maxSampleLabels(),
        PprofLimits.DEFAULT.maxDepth(),
        PprofLimits.DEFAULT.maxStringBytes(),
        0,
        false,
        Duration.ofHours(1),
        Duration.ofMinutes(10),
        CumulativeTypes.NAMES,
        Relabelling.DEFAULT,
        Sampling.NONE);
  }

  /** A builder that begins with these limits. */
  public LimitsBuilder toBuilder() {
    return new LimitsBuilder(this);
  }

  /** The same limits for profiles of any age and any clock. */
  public Limits withoutIngestionWindow() {
    return toBuilder().rejectOlderThan(Duration.ZERO).rejectNewerThan(Duration.ZERO).build();
  }

  public Limits withIngestionRate(long newRateBytes, long newBurstBytes) {
    return toBuilder().ingestionRateBytes(newRateBytes).ingestionBurstBytes(newBurstBytes).build();
  }

  public Limits withIngestionBodyBytes(long newIngestionBodyBytes) {
    return toBuilder().ingestionBodyBytes(newIngestionBodyBytes).build();
  }

  /** The part of the limits that the decoder checks. */
  public PprofLimits pprofLimits() {
    return new PprofLimits(
        maxProfileBytes,
        PprofLimits.DEFAULT.maxSampleTypes(),
        maxProfileSamples,
        maxProfileSampleLabels,
        maxStackDepth,
        maxSymbolBytes);
  }

  private static void checkRange(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + min + ".." + max + ")");
    }
  }
}
