/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.intake;

import static java.util.Objects.requireNonNull;

import io.flamelake.gateway.intake.ProfileRelabeler.RelabelledPart;
import io.flamelake.gateway.intake.ProfileRelabeler.RelabelledProfile;
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
import io.flamelake.model.pprof.PprofEncoder;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.rpc.MemoryBudget.Reservation;
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

  private static final int MAX_CHARACTER_BYTES = 4;

  private final LabelRules labelRules;
  private final ProfileRelabeler relabeler;
  private final IngestionWindow window;
  private final PprofLimits pprofLimits;
  private final Set<String> deltaProfiles;
  private final ThreadLocal<ProfileNormalizer> normalizers;

  ProfileValidator(
      Limits limits, LabelRules labelRules, ThreadLocal<ProfileNormalizer> normalizers) {
    this.labelRules = requireNonNull(labelRules, "labelRules");
    this.normalizers = requireNonNull(normalizers, "normalizers");
    this.relabeler = new ProfileRelabeler(limits, labelRules);
    this.window = new IngestionWindow(limits);
    this.pprofLimits = limits.pprofLimits();
    this.deltaProfiles = limits.deltaProfiles();
  }

  /**
   * Makes the records of one profile: mostly one, several where rules give parts of it different
   * labels, none where nothing worth storing is left of it.
   *
   * @param labels made by {@link LabelRules#prepare}
   * @param bytes uncompressed; kept in the records
   * @param reservation has room for the bytes, and grows by what has to be written anew
   * @throws RejectedProfileException if the profile breaks a rule; none of it is stored then
   */
  ValidProfile validate(
      TenantId tenant,
      UUID profileId,
      boolean hasClientId,
      LabelSet labels,
      byte[] bytes,
      Instant now,
      Reservation reservation) {
    try {
      Pprof pprof = PprofDecoder.decode(bytes, pprofLimits);
      long nowNanos = now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
      long timeNanos = pprof.timeNanos() == 0 ? nowNanos : pprof.timeNanos();
      window.check(labels, timeNanos, now);
      byte[] cut =
          readersCutAlike(pprof) ? bytes : reserve(PprofEncoder.encode(pprof), reservation);
      List<SegmentRecord> records = new ArrayList<>(1);
      RelabelledProfile relabelled = relabeler.relabel(labels, pprof);
      for (RelabelledPart part : relabelled.parts()) {
        byte[] partBytes = cut;
        Pprof partPprof = pprof;
        if (part.selection() != null) {
          partBytes = reserve(part.selection().encode(), reservation);
          partPprof = PprofDecoder.decode(partBytes, PprofLimits.STORED);
        }

        if (hasRows(tenant, profileId, nowNanos, part.labels(), partPprof)) {
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
                  .labels(withDeltaMark(part.labels(), partPprof))
                  .kind(PayloadKind.PPROF)
                  .payload(partBytes)
                  .build());
        }
      }

      return new ValidProfile(records, relabelled.hasDropped());
    } catch (MalformedProfileException e) {
      throw RejectedProfileException.of(labels, e);
    }
  }

  /** Whether a profile is cumulative is decided here, for the ingest job and the hot tail alike. */
  private LabelSet withDeltaMark(LabelSet labels, Pprof pprof) {
    String name = labels.value(LabelNames.NAME);
    boolean isCumulative =
        deltaProfiles.contains(name)
            && !CumulativeTypes.areDeltas(labels)
            && IntStream.range(0, pprof.sampleTypeCount())
                .anyMatch(type -> CumulativeTypes.contains(name, pprof.sampleType(type)));
    return isCumulative ? CumulativeTypes.mark(labels) : CumulativeTypes.unmark(labels);
  }

  /**
   * Whether the decoder has cut nothing that readers, whose limits are those of all tenants, would
   * not cut too. May say no where a stack or a string is just as long as the tenant's limit.
   */
  private boolean readersCutAlike(Pprof pprof) {
    if (pprofLimits.maxDepth() < PprofLimits.DEFAULT.maxDepth()) {
      for (int sample = 0; sample < pprof.sampleCount(); sample++) {
        if (pprof.stackEnd(sample) - pprof.stackStart(sample) >= pprofLimits.maxDepth()) {
          return false;
        }
      }
    }

    if (pprofLimits.maxStringBytes() < PprofLimits.DEFAULT.maxStringBytes()) {
      // What is cut begins with a whole character, so it can be shorter by less than one.
      int longest = pprofLimits.maxStringBytes() - MAX_CHARACTER_BYTES;
      for (int string = 0; string < pprof.stringCount(); string++) {
        if (pprof.stringLength(string) > longest) {
          return false;
        }
      }
    }

    return true;
  }

  private static byte[] reserve(byte[] written, Reservation reservation) {
    reservation.grow(written.length);
    return written;
  }

  private boolean hasRows(
      TenantId tenant, UUID profileId, long receiveTimeNanos, LabelSet labels, Pprof pprof) {
    RowLabels checker = new RowLabels(labels);
    normalizers.get().normalize(tenant, profileId, receiveTimeNanos, labels, pprof, checker::check);
    return checker.last != null;
  }

  /**
   * A profile that broke no rule.
   *
   * @param hasDropped whether relabelling rules dropped something of it
   */
  record ValidProfile(List<SegmentRecord> records, boolean hasDropped) {}

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
