/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.querier.v1.DiffResponse;
import io.flamelake.proto.querier.v1.FlameGraph;
import io.flamelake.proto.querier.v1.FlameGraphDiff;
import io.flamelake.proto.querier.v1.ProfileTypesResponse;
import io.flamelake.proto.querier.v1.SelectHeatmapResponse;
import io.flamelake.proto.querier.v1.SelectMergeSpanProfileResponse;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesResponse;
import io.flamelake.proto.querier.v1.SelectSeriesResponse;
import io.flamelake.proto.querier.v1.SeriesResponse;
import io.flamelake.proto.types.v1.Exemplar;
import io.flamelake.proto.types.v1.GetProfileStatsResponse;
import io.flamelake.proto.types.v1.HeatmapSlot;
import io.flamelake.proto.types.v1.LabelNamesResponse;
import io.flamelake.proto.types.v1.LabelPair;
import io.flamelake.proto.types.v1.LabelValuesResponse;
import io.flamelake.proto.types.v1.Point;
import io.flamelake.proto.types.v1.ProfileType;
import io.flamelake.proto.types.v1.Series;
import io.flamelake.testkit.BruteForce;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.assertj.core.data.Offset;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The calls of Grafana's Pyroscope datasource, made by the Go client that Pyroscope publishes:
 * {@code src/test/go/datasource}. All answers are compared with what was pushed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoClientITCase {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SAMPLES = "process_cpu:samples:count:cpu:nanoseconds";
  private static final int MAX_NODES = 5;
  private static final int HEATMAP_ROWS = 20;

  private Path dir;
  private FlamelakeProcess server;
  private ShopProfiles shop;
  private Path program;
  private JsonNode answers = JSON.nullNode();

  @BeforeAll
  void start(@TempDir Path dir) {
    this.dir = dir;
    program = GoPrograms.build("datasource", dir);
    server = FlamelakeProcess.start(dir.resolve("data"));
    shop = ShopProfiles.push(new FlamelakeClient(server, null));
  }

  @AfterAll
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"connect", "grpc", "grpc-web"})
  void answersEveryCallOfTheDatasource(String protocol) throws JsonProcessingException {
    answers = JSON.readTree(runProgram(protocol));
    expectLabels();
    expectSeries();
    expectExemplars();
    expectHeatmap();
    expectFlameGraphs();
    expectDifference();
    assertThat(answers).as("calls").hasSize(25);
  }

  private String runProgram(String protocol) {
    FlamelakeLauncher.Result result =
        FlamelakeLauncher.run(
            dir,
            Duration.ofMinutes(3),
            List.of(
                program.toString(),
                "-url=" + server.uri(""),
                "-protocol=" + protocol,
                "-start=" + shop.startMillis(),
                "-middle=" + shop.middleMillis(),
                "-end=" + shop.endMillis(),
                "-step=" + shop.stepSeconds(),
                "-profile-type=" + CpuQueries.CPU,
                "-selector=" + ShopProfiles.SELECTOR,
                "-label=pod",
                "-call-site=" + ShopProfiles.CALL_SITE,
                "-profile-id=" + shop.withSpans().id(),
                "-span-id=" + ShopProfiles.SPAN,
                "-max-nodes=" + MAX_NODES));
    assertThat(result.status()).as(result.err()).isZero();
    return result.out();
  }

  private void expectLabels() {
    assertThat(answer("health", ProfileTypesResponse.getDefaultInstance()).getProfileTypesList())
        .isEmpty();
    for (String call : List.of("types", "types of the last hour")) {
      assertThat(answer(call, ProfileTypesResponse.getDefaultInstance()).getProfileTypesList())
          .as(call)
          .extracting(ProfileType::getID)
          .containsExactly(CpuQueries.CPU, SAMPLES);
    }

    for (String call : List.of("names", "names of the last hour")) {
      assertThat(answer(call, LabelNamesResponse.getDefaultInstance()).getNamesList())
          .as(call)
          .contains("__profile_type__", "k8s.pod", "pod", "service_name")
          .isSorted();
    }

    assertThat(answer("legacy names", LabelNamesResponse.getDefaultInstance()).getNamesList())
        .contains("__profile_type__", "pod", "service_name")
        .doesNotContain("k8s.pod");
    for (String call : List.of("values", "values of the last hour")) {
      assertThat(answer(call, LabelValuesResponse.getDefaultInstance()).getNamesList())
          .as(call)
          .containsExactly("a", "b");
    }

    assertThat(answer("pairs", SeriesResponse.getDefaultInstance()).getLabelsSetList())
        .extracting(labels -> Set.copyOf(labels.getLabelsList()))
        .containsExactly(pair(CpuQueries.CPU), pair(SAMPLES));
    GetProfileStatsResponse stats = answer("stats", GetProfileStatsResponse.getDefaultInstance());
    assertThat(stats.getDataIngested()).isTrue();
    assertThat(shop.profiles())
        .extracting(PushedProfile::timeMillis)
        .allSatisfy(
            time ->
                assertThat(time)
                    .isBetween(stats.getOldestProfileTime(), stats.getNewestProfileTime()));
    assertThat(answers.path("values of no name").asText()).isEqualTo("invalid_argument");
  }

  private static Set<LabelPair> pair(String profileType) {
    return Set.of(
        PushRequests.label("service_name", ShopProfiles.SERVICE),
        PushRequests.label("__profile_type__", profileType));
  }

  private void expectSeries() {
    assertThat(series("series")).hasSize(1);
    assertThat(points(series("series").get(0))).isEqualTo(shop.points(profile -> true));
    assertThat(series("series by label"))
        .extracting(Series::getLabelsList)
        .containsExactly(
            List.of(PushRequests.label("pod", "a")), List.of(PushRequests.label("pod", "b")));
    for (Series series : series("series by label")) {
      String pod = series.getLabels(0).getValue();
      assertThat(points(series)).isEqualTo(shop.points(profile -> profile.pod().equals(pod)));
    }

    assertThat(series("largest series")).containsExactly(series("series by label").get(0));
    assertThat(CpuTotals.ofPoints(series("series of the call site")))
        .isEqualTo(sum(shop.stacksOfCallSite()));
    assertThat(answers.path("series without step").asText()).isEqualTo("invalid_argument");
  }

  private void expectExemplars() {
    List<Exemplar> exemplars =
        series("exemplars").get(0).getPointsList().stream()
            .flatMap(point -> point.getExemplarsList().stream())
            .toList();
    assertThat(exemplars)
        .as("one profile per point")
        .extracting(Exemplar::getTimestamp, Exemplar::getProfileId, Exemplar::getValue)
        .containsExactlyElementsOf(
            shop.profiles().stream().map(GoClientITCase::exemplarOf).toList());
    assertThat(exemplars.get(0).getLabelsList()).contains(PushRequests.label("pod", "a"));
    assertThat(series("series").get(0).getPointsList())
        .allMatch(point -> point.getExemplarsCount() == 0);
  }

  private static Tuple exemplarOf(PushedProfile profile) {
    return Tuple.tuple(profile.timeMillis(), profile.id().toString(), profile.total());
  }

  /** Each profile is in the cell of its time and total; the rows divide the totals evenly. */
  private void expectHeatmap() {
    SelectHeatmapResponse heatmap = answer("heatmap", SelectHeatmapResponse.getDefaultInstance());
    assertThat(heatmap.getSeriesList()).hasSize(1);
    List<HeatmapSlot> slots =
        heatmap.getSeries(0).getSlotsList().stream()
            .filter(slot -> slot.getCountsList().stream().anyMatch(count -> count > 0))
            .toList();
    assertThat(slots).hasSameSizeAs(shop.profiles());
    LongSummaryStatistics totals =
        shop.profiles().stream().collect(Collectors.summarizingLong(PushedProfile::total));
    double height = (double) (totals.getMax() - totals.getMin()) / HEATMAP_ROWS;
    for (int i = 0; i < slots.size(); i++) {
      HeatmapSlot slot = slots.get(i);
      PushedProfile profile = shop.profiles().get(i);
      assertThat(slot.getTimestamp()).isEqualTo(shop.slot(profile));
      assertThat(slot.getYMinList()).hasSize(HEATMAP_ROWS).startsWith((double) totals.getMin());
      assertThat(slot.getYMin(1) - slot.getYMin(0)).isCloseTo(height, Offset.offset(1e-3));
      int row = (int) Math.min(HEATMAP_ROWS - 1, (profile.total() - totals.getMin()) / height);
      assertThat(slot.getCountsList().get(row)).as("row %s", row).isEqualTo(1);
      assertThat(slot.getCountsList().stream().mapToInt(count -> count).sum()).isEqualTo(1);
      assertThat(slot.getExemplarsList())
          .extracting(Exemplar::getTimestamp, Exemplar::getProfileId, Exemplar::getValue)
          .containsExactly(exemplarOf(profile));
    }
  }

  private void expectFlameGraphs() {
    FlameGraph all = flameGraph("flame graph");
    assertThat(all.getNames(0)).isEqualTo("total");
    assertThat(all.getTotal()).isEqualTo(shop.total());
    assertThat(FlameGraphReader.foldedStacks(all)).isEqualTo(shop.stacks(profile -> true));

    FlameGraph cut = flameGraph("cut flame graph");
    assertThat(cut.getTotal()).isEqualTo(shop.total());
    assertThat(sum(FlameGraphReader.foldedStacks(cut))).isEqualTo(shop.total());
    assertThat(cut.getNamesList()).contains("other").hasSizeLessThan(all.getNamesCount());

    assertThat(FlameGraphReader.foldedStacks(flameGraph("flame graph of the call site")))
        .isEqualTo(shop.stacksOfCallSite());
    assertThat(FlameGraphReader.foldedStacks(flameGraph("flame graph of the profile")))
        .isEqualTo(shop.stacks(shop.withSpans()::equals));
    assertThat(
            FlameGraphReader.foldedStacks(
                answer(
                        "flame graph of the span",
                        SelectMergeSpanProfileResponse.getDefaultInstance())
                    .getFlamegraph()))
        .isEqualTo(ShopProfiles.SPAN_STACKS);
    Profile merged = answer("profile", Profile.getDefaultInstance());
    assertThat(BruteForce.foldedStacks(List.of(merged.toByteArray()), "cpu"))
        .isEqualTo(shop.stacks(profile -> true));
  }

  private void expectDifference() {
    FlameGraphDiff difference =
        answer("difference", DiffResponse.getDefaultInstance()).getFlamegraph();
    long middle = shop.middleMillis();
    assertThat(FlameGraphReader.leftStacks(difference))
        .isEqualTo(shop.stacks(profile -> profile.timeMillis() < middle));
    assertThat(FlameGraphReader.rightStacks(difference))
        .isEqualTo(shop.stacks(profile -> profile.timeMillis() >= middle));
    assertThat(difference.getLeftTicks() + difference.getRightTicks()).isEqualTo(shop.total());
  }

  private List<Series> series(String call) {
    return answer(call, SelectSeriesResponse.getDefaultInstance()).getSeriesList();
  }

  private FlameGraph flameGraph(String call) {
    return answer(call, SelectMergeStacktracesResponse.getDefaultInstance()).getFlamegraph();
  }

  private static Map<Long, Double> points(Series series) {
    return series.getPointsList().stream()
        .collect(Collectors.toMap(Point::getTimestamp, Point::getValue, Double::sum, TreeMap::new));
  }

  private static long sum(Map<String, Long> stacks) {
    return stacks.values().stream().mapToLong(Long::longValue).sum();
  }

  @SuppressWarnings("unchecked") // The answer has the type of the prototype's builder.
  private <T extends Message> T answer(String call, T prototype) {
    assertThat(answers.has(call)).as(call).isTrue();
    Message.Builder builder = prototype.newBuilderForType();
    try {
      JsonFormat.parser().merge(answers.get(call).toString(), builder);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(call + " has an answer of another form", e);
    }

    return (T) builder.build();
  }
}
