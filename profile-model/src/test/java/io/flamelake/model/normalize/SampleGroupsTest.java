/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.normalize;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.model.pprof.Pprof;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofEncoder;
import io.flamelake.model.pprof.PprofFrame;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.model.pprof.RandomProfiles;
import io.flamelake.proto.google.v1.Profile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SampleGroupsTest {

  private static final LabelSet PUSHED =
      LabelSet.of("__name__", "process_cpu", "service_name", "cart", "pod", "p-1");

  private final ProfileNormalizer normalizer = new ProfileNormalizer();

  @Test
  void encodesWhatWasDecoded() {
    Random random = new Random(3);
    for (int i = 0; i < 1_000; i++) {
      Pprof pprof = decode(RandomProfiles.next(random).toByteArray());

      Pprof again = decode(PprofEncoder.encode(pprof));

      assertThat(rows(PUSHED, again)).isEqualTo(rows(PUSHED, pprof));
    }
  }

  @Test
  void groupsAndTypesApartGiveTheRowsOfTheWhole() {
    Random random = new Random(4);
    int groupsSeen = 0;
    for (int i = 0; i < 1_000; i++) {
      Pprof pprof = decode(RandomProfiles.next(random).toByteArray());
      SampleGroups groups = new SampleGroups(PUSHED, pprof);
      groupsSeen += groups.count();

      List<List<Object>> rows = new ArrayList<>();
      for (int group = 0; group < groups.count(); group++) {
        for (int type = 0; type < pprof.sampleTypeCount(); type++) {
          byte[] part = encode(pprof, groups, group, type);
          rows.addAll(rows(PUSHED.merge(groups.labels(group)), decode(part)));
        }
      }

      assertThat(rows).containsExactlyInAnyOrderElementsOf(rows(PUSHED, pprof));
    }

    assertThat(groupsSeen).as("profiles of several groups").isGreaterThan(1_500);
  }

  @Test
  void namesLabelsThatAreOrCouldBeOfTheSeries() {
    LabelSet labels =
        LabelSet.of(
            "thread",
            "t",
            "pod",
            "q",
            "span_id",
            "0123456789abcdef",
            "__name__",
            "x",
            "service_name",
            "y",
            "__session_id__",
            "z");
    Pprof pprof =
        decode(
            new PprofBuilder()
                .addSampleType("cpu", "nanoseconds")
                .addSample(List.of(PprofFrame.of("main")), labels, 1)
                .toByteArray());

    assertThat(SampleGroups.names(pprof)).containsExactlyInAnyOrder("thread", "pod");
    assertThat(new SampleGroups(PUSHED, pprof).labels(0)).isEqualTo(LabelSet.of("thread", "t"));
    assertThat(SampleGroups.names(decode(new PprofBuilder().addSampleType("a", "b").toByteArray())))
        .isEmpty();
  }

  @Test
  void leavesOutWhatNoSampleRefersTo() throws Exception {
    Pprof pprof =
        decode(
            new PprofBuilder()
                .addSampleType("cpu", "nanoseconds")
                .addSample(List.of("a", "main"), 1)
                .addSample(List.of("b", "main"), 2)
                .toByteArray());
    BitSet types = new BitSet();
    types.set(0);

    Profile part =
        Profile.parseFrom(
            PprofEncoder.encode(
                pprof,
                types,
                new PprofEncoder.Selection() {
                  @Override
                  public boolean hasValue(int sample, int type) {
                    return sample == 1;
                  }

                  @Override
                  public boolean hasLabel(int position) {
                    return true;
                  }
                }));

    assertThat(part.getSampleCount()).isEqualTo(1);
    assertThat(part.getFunctionCount()).isEqualTo(2);
    assertThat(part.getStringTableList())
        .containsExactlyInAnyOrder("", "cpu", "nanoseconds", "b", "main");
  }

  private static byte[] encode(Pprof pprof, SampleGroups groups, int group, int onlyType) {
    BitSet types = new BitSet();
    types.set(onlyType);
    return PprofEncoder.encode(
        pprof,
        types,
        new PprofEncoder.Selection() {
          @Override
          public boolean hasValue(int sample, int type) {
            return groups.group(sample) == group && !hasNegative(pprof, sample);
          }

          @Override
          public boolean hasLabel(int position) {
            return !SampleGroups.canGroup(pprof, position);
          }
        });
  }

  /** Such a sample is dropped, and the part with one of its other values would not show it. */
  private static boolean hasNegative(Pprof pprof, int sample) {
    return IntStream.range(0, pprof.sampleTypeCount())
        .anyMatch(type -> pprof.value(sample, type) < 0);
  }

  /** What is stored of a profile, comparable. */
  private List<List<Object>> rows(LabelSet pushed, Pprof pprof) {
    return normalizer
        .normalize(TenantId.ANONYMOUS, new UUID(1, 2), 1_700_000_000_000_000_000L, pushed, pprof)
        .stream()
        .map(
            row ->
                List.<Object>of(
                    row.type(),
                    row.labels(),
                    row.timeMicros(),
                    row.durationNanos(),
                    row.period(),
                    row.totalValue(),
                    Arrays.toString(row.stackIds()),
                    Arrays.toString(row.values()),
                    Arrays.toString(row.spanIds()),
                    Arrays.toString(row.traceIds())))
        .toList();
  }

  private static Pprof decode(byte[] bytes) {
    return PprofDecoder.decode(bytes, PprofLimits.DEFAULT);
  }
}
