/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import static io.flamelake.fuzz.Bounds.check;

import com.google.protobuf.InvalidProtocolBufferException;
import io.flamelake.gateway.intake.PushedProfile;
import io.flamelake.gateway.limits.Limits;
import io.flamelake.gateway.otlp.OtlpConversion;
import io.flamelake.gateway.otlp.OtlpConverter;
import io.flamelake.gateway.otlp.OtlpExamples;
import io.flamelake.gateway.otlp.SampleLayout;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.Pprof;
import io.flamelake.rpc.MemoryBudget;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** OTLP's exports in protobuf, of both layouts of samples. */
public final class OtlpFuzz {

  private static final Limits LIMITS = Limits.defaults();
  private static final long NOW_NANOS = 1_700_000_000_000_000_000L;
  private static final long MAX_BUFFER_BYTES = 64 << 20;

  private OtlpFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    OtlpConversion found = convert(input, null);
    OtlpConversion old = convert(input, SampleLayout.V1_9);
    OtlpConversion current = convert(input, SampleLayout.V1_10);
    check(
        (found == null) || old != null || current != null,
        "Taken by none of the layouts that there are");
    if (current != null) {
      checkSampleCounts(input, current);
    }
  }

  static List<byte[]> seeds() {
    return OtlpExamples.protos();
  }

  private static @Nullable OtlpConversion convert(byte[] export, @Nullable SampleLayout layout) {
    MemoryBudget budget = new MemoryBudget(MAX_BUFFER_BYTES);
    OtlpConversion conversion =
        Bounds.decode(
            MalformedProfileException.class,
            () -> OtlpConverter.convert(export, layout, LIMITS, NOW_NANOS, budget.open()));
    if (conversion != null) {
      for (OtlpConversion.Series series : conversion.series()) {
        check(
            series.pushed().profiles().size() == series.profileNumbers().size(),
            "Not a number for each profile");
        series.pushed().profiles().forEach(OtlpFuzz::checkProfile);
      }
    }

    return conversion;
  }

  private static void checkProfile(PushedProfile profile) {
    Pprof pprof = Pprofs.decodeUnlessText(profile.bytes());
    if (pprof != null) {
      check(pprof.sampleTypeCount() == 1, "%d sample types", pprof.sampleTypeCount());
      check(pprof.sampleCount() > 0, "A profile without samples");
    }
  }

  /** Of every profile that is taken, each sample that says something is in one of its pprofs. */
  private static void checkSampleCounts(byte[] export, OtlpConversion conversion) {
    List<Profile> profiles = profiles(export);
    if (profiles == null) {
      return;
    }

    check(conversion.profileCount() == profiles.size(), "%d profiles", profiles.size());
    Set<Integer> refused =
        conversion.refused().stream()
            .map(OtlpConversion.Refusal::profileNumber)
            .collect(Collectors.toSet());
    long[] expected = new long[profiles.size()];
    for (int number = 0; number < expected.length; number++) {
      if (!refused.contains(number)) {
        expected[number] =
            profiles.get(number).getSamplesList().stream().filter(OtlpFuzz::tells).count();
      }
    }

    long[] actual = new long[profiles.size()];
    for (OtlpConversion.Series series : conversion.series()) {
      for (int i = 0; i < series.profileNumbers().size(); i++) {
        Pprof pprof = Pprofs.decodeUnlessText(series.pushed().profiles().get(i).bytes());
        if (pprof == null) {
          return;
        }

        actual[series.profileNumbers().getInt(i)] += pprof.sampleCount();
      }
    }

    for (int number = 0; number < expected.length; number++) {
      check(
          actual[number] == expected[number],
          "%d samples of profile %d (expected: %d)",
          actual[number],
          number,
          expected[number]);
    }
  }

  private static boolean tells(Sample sample) {
    return sample.getValuesCount() + sample.getTimestampsUnixNanoCount() > 0;
  }

  /** Null where protobuf's own code, which checks what the converter passes over, refuses. */
  private static @Nullable List<Profile> profiles(byte[] export) {
    List<Profile> profiles = new ArrayList<>();
    try {
      ExportProfilesServiceRequest.parseFrom(export)
          .getResourceProfilesList()
          .forEach(
              resource ->
                  resource
                      .getScopeProfilesList()
                      .forEach(scope -> profiles.addAll(scope.getProfilesList())));
      return profiles;
    } catch (InvalidProtocolBufferException e) {
      return null;
    }
  }
}
