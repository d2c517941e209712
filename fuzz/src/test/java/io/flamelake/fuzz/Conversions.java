/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import static io.flamelake.fuzz.Bounds.check;

import io.flamelake.gateway.format.ConvertedProfile;
import io.flamelake.gateway.format.ProfileConverter;
import io.flamelake.gateway.format.UploadContext;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.Pprof;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.rpc.MemoryBudget;
import io.flamelake.rpc.MemoryBudget.Reservation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Runs the gateway's converters as {@code /ingest} does, and checks what holds for all of them. */
final class Conversions {

  /** Names no period, so that a value of one stays one. */
  static final String COUNTING_APP = "shop.goroutines";

  static final String APP = "shop";

  private static final long FROM_NANOS = 1_700_000_000_000_000_000L;
  private static final long DURATION_NANOS = 10_000_000_000L;
  private static final int SAMPLE_RATE = 100;
  private static final long MAX_UPLOAD_BYTES = 1 << 20;
  private static final long MAX_BUFFER_BYTES = 64 << 20;

  private Conversions() {}

  /**
   * Converts an upload.
   *
   * @return null if it was refused as malformed; every other failure is passed on
   */
  static @Nullable List<ConvertedProfile> convert(
      ProfileConverter converter, String app, byte[] upload) {
    MemoryBudget budget = new MemoryBudget(MAX_BUFFER_BYTES);
    Reservation reservation = budget.open();
    UploadContext context =
        new UploadContext(
            app,
            SAMPLE_RATE,
            FROM_NANOS,
            FROM_NANOS + DURATION_NANOS,
            PprofLimits.DEFAULT,
            MAX_UPLOAD_BYTES,
            reservation,
            () -> false);
    List<ConvertedProfile> converted =
        Bounds.decode(MalformedProfileException.class, () -> converter.convert(upload, context));
    if (converted != null) {
      converted.forEach(Conversions::checkProfile);
      long bytes = converted.stream().mapToLong(profile -> profile.pprof().length).sum();
      check(reservation.bytes() >= bytes, "Paid for %d of %d bytes", reservation.bytes(), bytes);
    }

    return converted;
  }

  /** The sums of all of an upload's profiles together, of their first sample type. */
  static Map<List<String>, Long> sums(List<ConvertedProfile> converted) {
    Map<List<String>, Long> sums = new HashMap<>();
    for (ConvertedProfile profile : converted) {
      Pprofs.sums(Pprofs.decode(profile.pprof()), 0)
          .forEach((stack, sum) -> sums.merge(stack, sum, Long::sum));
    }

    return sums;
  }

  /** Fails unless a conversion gave what a second reading of the upload says. */
  static void checkEqual(
      @Nullable Map<List<String>, Long> expected, @Nullable List<ConvertedProfile> converted) {
    check(
        (expected == null) == (converted == null),
        "Refused by the converter: %s, by the second reading: %s",
        converted == null,
        expected == null);
    if (expected != null && converted != null) {
      Map<List<String>, Long> actual = sums(converted);
      check(Objects.equals(actual, expected), "Sums %s (expected: %s)", actual, expected);
    }
  }

  private static void checkProfile(ConvertedProfile profile) {
    Pprof pprof = Pprofs.decode(profile.pprof());
    check(pprof.sampleCount() > 0, "A profile without samples");
    check(!profile.app().isEmpty() && !profile.name().isEmpty(), "A profile without a name");
    for (int sample = 0; sample < pprof.sampleCount(); sample++) {
      for (int type = 0; type < pprof.sampleTypeCount(); type++) {
        check(pprof.value(sample, type) >= 0, "A value of %d", pprof.value(sample, type));
      }
    }
  }
}
