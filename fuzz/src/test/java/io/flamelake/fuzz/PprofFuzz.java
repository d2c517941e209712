/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import static io.flamelake.fuzz.Bounds.check;

import com.google.protobuf.InvalidProtocolBufferException;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.model.normalize.ProfileNormalizer;
import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.Pprof;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofEncoder;
import io.flamelake.model.pprof.PprofGzip;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import io.flamelake.testkit.TestProfiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** pprof, gzipped or plain, up to the rows that the tables get. */
public final class PprofFuzz {

  private static final PprofLimits LIMITS = PprofLimits.DEFAULT;
  private static final int MAX_SEED_BYTES = 4 << 10;
  private static final LabelSet SERIES =
      LabelSet.of("__name__", "process_cpu", "service_name", "shop");
  private static final UUID PROFILE_ID = new UUID(1, 2);
  private static final long RECEIVE_TIME_NANOS = 1_700_000_000_000_000_000L;

  private PprofFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    Pprof pprof =
        Bounds.decode(
            MalformedProfileException.class,
            () -> PprofDecoder.decode(PprofGzip.decompress(input, LIMITS.maxBytes()), LIMITS));
    if (pprof != null) {
      checkAgainstProtobuf(pprof);
      checkEncoded(pprof, PprofDecoder.decode(PprofEncoder.encode(pprof), LIMITS));
      checkRows(pprof);
    }
  }

  static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (byte[] profile : TestProfiles.all().values()) {
      byte[] plain = PprofGzip.decompress(profile, LIMITS.maxBytes());
      Stream.of(profile, plain).filter(seed -> seed.length < MAX_SEED_BYTES).forEach(seeds::add);
    }

    seeds.add(PprofExamples.small());
    return seeds;
  }

  /** What the decoder takes, protobuf's own code takes too, and reads the same numbers. */
  private static void checkAgainstProtobuf(Pprof pprof) {
    Profile parsed;
    try {
      parsed = Profile.parseFrom(Arrays.copyOf(pprof.bytes(), pprof.byteCount()));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("Protobuf refuses what was decoded", e);
    }

    check(parsed.getSampleCount() == pprof.sampleCount(), "%d samples", parsed.getSampleCount());
    for (int type = 0; type < pprof.sampleTypeCount(); type++) {
      long total = 0;
      for (Sample sample : parsed.getSampleList()) {
        total += sample.getValue(type);
      }

      check(Pprofs.total(pprof, type) == total, "Total of type %d is not %d", type, total);
    }
  }

  /** Written and read again, a profile is the same. */
  private static void checkEncoded(Pprof pprof, Pprof again) {
    check(again.sampleTypeCount() == pprof.sampleTypeCount(), "Other sample types");
    check(again.sampleCount() == pprof.sampleCount(), "Other samples");
    check(
        again.timeNanos() == pprof.timeNanos()
            && again.period() == pprof.period()
            && again.periodType().equals(pprof.periodType())
            && again.periodUnit().equals(pprof.periodUnit()),
        "Another header");
    for (int type = 0; type < pprof.sampleTypeCount(); type++) {
      check(
          again.sampleType(type).equals(pprof.sampleType(type))
              && again.sampleUnit(type).equals(pprof.sampleUnit(type))
              && Pprofs.sums(again, type).equals(Pprofs.sums(pprof, type)),
          "Other sums of type %d",
          type);
    }
  }

  private static void checkRows(Pprof pprof) {
    List<ProfileRow> rows =
        Bounds.decode(
            MalformedProfileException.class,
            () ->
                new ProfileNormalizer()
                    .normalize(TenantId.ANONYMOUS, PROFILE_ID, RECEIVE_TIME_NANOS, SERIES, pprof));
    if (rows == null) {
      return;
    }

    for (ProfileRow row : rows) {
      check(row.stackIds().length == row.values().length, "Not a value for each stack");
      check(row.labels().id() == row.seriesId(), "Another series");
      long total = 0;
      for (long value : row.values()) {
        check(value > 0, "A value of %d", value);
        total += value;
      }

      check(total == row.totalValue(), "Total %d (expected: %d)", row.totalValue(), total);
    }
  }
}
