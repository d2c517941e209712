/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.limits;

import java.time.Duration;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Builds {@link Limits} from others, which say what is not set. */
public final class LimitsBuilder {
  private long ingestionBodyBytes;
  private long ingestionRateBytes;
  private long ingestionBurstBytes;
  private int maxLabelNameLength;
  private int maxLabelValueLength;
  private int maxLabelNamesPerSeries;
  private long maxProfileBytes;
  private int maxProfileSamples;
  private int maxProfileSampleLabels;
  private int maxStackDepth;
  private int maxSymbolBytes;
  private int maxSessionsPerSeries;
  private boolean sanitizesLabelNames;
  private Duration rejectOlderThan;
  private Duration rejectNewerThan;
  private Set<String> deltaProfiles;
  private Relabelling relabelling;
  private Sampling sampling;

  LimitsBuilder(Limits from) {
    this.ingestionBodyBytes = from.ingestionBodyBytes();
    this.ingestionRateBytes = from.ingestionRateBytes();
    this.ingestionBurstBytes = from.ingestionBurstBytes();
    this.maxLabelNameLength = from.maxLabelNameLength();
    this.maxLabelValueLength = from.maxLabelValueLength();
    this.maxLabelNamesPerSeries = from.maxLabelNamesPerSeries();
    this.maxProfileBytes = from.maxProfileBytes();
    this.maxProfileSamples = from.maxProfileSamples();
    this.maxProfileSampleLabels = from.maxProfileSampleLabels();
    this.maxStackDepth = from.maxStackDepth();
    this.maxSymbolBytes = from.maxSymbolBytes();
    this.maxSessionsPerSeries = from.maxSessionsPerSeries();
    this.sanitizesLabelNames = from.sanitizesLabelNames();
    this.rejectOlderThan = from.rejectOlderThan();
    this.rejectNewerThan = from.rejectNewerThan();
    this.deltaProfiles = from.deltaProfiles();
    this.relabelling = from.relabelling();
    this.sampling = from.sampling();
  }

  public LimitsBuilder ingestionBodyBytes(long bytes) {
    this.ingestionBodyBytes = bytes;
    return this;
  }

  public LimitsBuilder ingestionRateBytes(long bytes) {
    this.ingestionRateBytes = bytes;
    return this;
  }

  public LimitsBuilder ingestionBurstBytes(long bytes) {
    this.ingestionBurstBytes = bytes;
    return this;
  }

  public LimitsBuilder maxLabelNameLength(int bytes) {
    this.maxLabelNameLength = bytes;
    return this;
  }

  public LimitsBuilder maxLabelValueLength(int bytes) {
    this.maxLabelValueLength = bytes;
    return this;
  }

  public LimitsBuilder maxLabelNamesPerSeries(int count) {
    this.maxLabelNamesPerSeries = count;
    return this;
  }

  public LimitsBuilder maxProfileBytes(long bytes) {
    this.maxProfileBytes = bytes;
    return this;
  }

  public LimitsBuilder maxProfileSamples(int count) {
    this.maxProfileSamples = count;
    return this;
  }

  public LimitsBuilder maxProfileSampleLabels(int count) {
    this.maxProfileSampleLabels = count;
    return this;
  }

  public LimitsBuilder maxStackDepth(int locations) {
    this.maxStackDepth = locations;
    return this;
  }

  public LimitsBuilder maxSymbolBytes(int bytes) {
    this.maxSymbolBytes = bytes;
    return this;
  }

  public LimitsBuilder maxSessionsPerSeries(int count) {
    this.maxSessionsPerSeries = count;
    return this;
  }

  public LimitsBuilder sanitizesLabelNames(boolean sanitizes) {
    this.sanitizesLabelNames = sanitizes;
    return this;
  }

  public LimitsBuilder rejectOlderThan(Duration age) {
    this.rejectOlderThan = age;
    return this;
  }

  public LimitsBuilder rejectNewerThan(Duration lead) {
    this.rejectNewerThan = lead;
    return this;
  }

  public LimitsBuilder deltaProfiles(Set<String> names) {
    this.deltaProfiles = names;
    return this;
  }

  public LimitsBuilder relabelling(Relabelling rules) {
    this.relabelling = rules;
    return this;
  }

  /** Replaces a part of the rules. */
  public LimitsBuilder relabelling(UnaryOperator<Relabelling> change) {
    return relabelling(change.apply(relabelling));
  }

  public LimitsBuilder sampling(Sampling rules) {
    this.sampling = rules;
    return this;
  }

  /** Replaces a part of the rules. */
  public LimitsBuilder sampling(UnaryOperator<Sampling> change) {
    return sampling(change.apply(sampling));
  }

  /**
   * @throws IllegalArgumentException if a limit is out of its range
   */
  public Limits build() {
    return new Limits(
        ingestionBodyBytes,
        ingestionRateBytes,
        ingestionBurstBytes,
        maxLabelNameLength,
        maxLabelValueLength,
        maxLabelNamesPerSeries,
        maxProfileBytes,
        maxProfileSamples,
        maxProfileSampleLabels,
        maxStackDepth,
        maxSymbolBytes,
        maxSessionsPerSeries,
        sanitizesLabelNames,
        rejectOlderThan,
        rejectNewerThan,
        deltaProfiles,
        relabelling,
        sampling);
  }
}
