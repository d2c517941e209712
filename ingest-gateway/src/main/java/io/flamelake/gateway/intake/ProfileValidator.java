/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.intake;

import static java.util.Objects.requireNonNull;

import io.flamelake.gateway.limits.IngestionWindow;
import io.flamelake.gateway.limits.LabelRules;
import io.flamelake.gateway.limits.Limits;
import io.flamelake.gateway.limits.RejectedProfileException;
import io.flamelake.model.LabelNames;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.model.normalize.CumulativeTypes;
import io.flamelake.model.normalize.ProfileNormalizer;
import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.Pprof;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.segment.PayloadKind;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.SegmentRecordBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a profile may be stored, by doing to it what the ingest job and the hot tail will
 * do: whoever reads it later finds nothing that fails.
 *
 * <p>Thread-safe, and quickly made for the limits of one request: the scratch arrays are the
 * threads' own.
 */
final class ProfileValidator {

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final LabelRules labelRules;
  private final IngestionWindow window;
  private final PprofLimits pprofLimits;
  private final Set<String> deltaProfiles;
  private final ThreadLocal<ProfileNormalizer> normalizers;

  ProfileValidator(
      Limits limits, LabelRules labelRules, ThreadLocal<ProfileNormalizer> normalizers) {
    this.labelRules = requireNonNull(labelRules, "labelRules");
    this.normalizers = requireNonNull(normalizers, "normalizers");
    this.window = new IngestionWindow(limits);
    this.pprofLimits = limits.pprofLimits();
    this.deltaProfiles = limits.deltaProfiles();
  }

  /**
   * Makes the records of one profile: one, or two where some of its sample types go under another
   * name, or none where nothing worth storing is left of it.
   *
   * @param labels made by {@link LabelRules#prepare}
   * @param bytes uncompressed; kept in the records
   * @throws RejectedProfileException if the profile breaks a rule; none of it is stored then
   */
  List<SegmentRecord> validate(
      TenantId tenant,
      UUID profileId,
      boolean hasClientId,
      LabelSet labels,
      byte[] bytes,
      Instant now) {
    try {
      Pprof pprof = PprofDecoder.decode(bytes, pprofLimits);
      long nowNanos = now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
      long timeNanos = pprof.timeNanos() == 0 ? nowNanos : pprof.timeNanos();
      window.check(labels, timeNanos, now);
      List<SegmentRecord> records = new ArrayList<>(1);
      for (DecodedProfile part : splitByName(labels, bytes, pprof)) {
        if (hasRows(tenant, profileId, nowNanos, part)) {
          SegmentRecordBuilder record = SegmentRecord.builder();
          if (hasClientId) {
            record.clientId(profileId);
          } else {
            record.generatedId(profileId);
          }

          records.add(
              record
                  .receiveTimeNanos(nowNanos)
                  .profileTimeNanos(timeNanos)
                  .labels(withDeltaMark(part))
                  .kind(PayloadKind.PPROF)
                  .payload(part.bytes())
                  .build());
        }
      }

      return records;
    } catch (MalformedProfileException e) {
      throw new RejectedProfileException(
          e.reason(),
          "profile with labels '%s': %s".formatted(LabelRules.describe(labels), e.getMessage()));
    }
  }

  /** Whether a profile is cumulative is decided here, for the ingest job and the hot tail alike. */
  private LabelSet withDeltaMark(DecodedProfile part) {
    LabelSet labels = part.labels();
    String name = labels.value(LabelNames.NAME);
    Pprof pprof = part.pprof();
    boolean isCumulative =
        deltaProfiles.contains(name)
            && !CumulativeTypes.areDeltas(labels)
            && IntStream.range(0, pprof.sampleTypeCount())
                .anyMatch(type -> CumulativeTypes.contains(name, pprof.sampleType(type)));
    return isCumulative ? CumulativeTypes.mark(labels) : CumulativeTypes.unmark(labels);
  }

  /**
   * Applies the one default rule that looks at sample types: a record has one name, so a pprof
   * whose types go under two names becomes two.
   */
  private List<DecodedProfile> splitByName(LabelSet labels, byte[] bytes, Pprof pprof) {
    int renamed = 0;
    for (int type = 0; type < pprof.sampleTypeCount(); type++) {
      if (labelRules.isRenamed(labels, pprof.sampleType(type))) {
        renamed++;
      }
    }

    if (renamed == 0) {
      return List.of(new DecodedProfile(labels, bytes, pprof));
    }

    LabelSet newLabels = labelRules.rename(labels);
    if (renamed == pprof.sampleTypeCount()) {
      return List.of(new DecodedProfile(newLabels, bytes, pprof));
    }

    byte[] moved = SampleTypeFilter.filter(bytes, type -> labelRules.isRenamed(labels, type));
    byte[] stayed = SampleTypeFilter.filter(bytes, type -> !labelRules.isRenamed(labels, type));
    return List.of(
        new DecodedProfile(labels, stayed, PprofDecoder.decode(stayed, pprofLimits)),
        new DecodedProfile(newLabels, moved, PprofDecoder.decode(moved, pprofLimits)));
  }

  private boolean hasRows(
      TenantId tenant, UUID profileId, long receiveTimeNanos, DecodedProfile part) {
    RowLabels checker = new RowLabels(part.labels());
    normalizers
        .get()
        .normalize(
            tenant, profileId, receiveTimeNanos, part.labels(), part.pprof(), checker::check);
    return checker.last != null;
  }

  /** Checks the labels of every group of samples once; the rows of a group share them. */
  private final class RowLabels {

    private final LabelSet pushed;
    private @Nullable LabelSet last;

    RowLabels(LabelSet pushed) {
      this.pushed = pushed;
    }

    void check(ProfileRow row) {
      if (row.labels() == last) {
        return;
      }

      last = row.labels();
      labelRules.validate(
          row.labels().merge(pushed.project(List.of(LabelNames.NAME, LabelNames.DELTA))));
    }
  }
}
