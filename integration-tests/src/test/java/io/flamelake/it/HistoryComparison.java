/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.querier.v1.DiffRequest;
import io.flamelake.proto.querier.v1.DiffResponse;
import io.flamelake.proto.querier.v1.HeatmapQueryType;
import io.flamelake.proto.querier.v1.ProfileTypesRequest;
import io.flamelake.proto.querier.v1.ProfileTypesResponse;
import io.flamelake.proto.querier.v1.SelectHeatmapRequest;
import io.flamelake.proto.querier.v1.SelectHeatmapResponse;
import io.flamelake.proto.querier.v1.SelectMergeProfileRequest;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesRequest;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesResponse;
import io.flamelake.proto.querier.v1.SelectSeriesRequest;
import io.flamelake.proto.querier.v1.SelectSeriesResponse;
import io.flamelake.proto.querier.v1.SeriesRequest;
import io.flamelake.proto.querier.v1.SeriesResponse;
import io.flamelake.proto.types.v1.GetProfileStatsRequest;
import io.flamelake.proto.types.v1.GetProfileStatsResponse;
import io.flamelake.proto.types.v1.LabelNamesRequest;
import io.flamelake.proto.types.v1.LabelNamesResponse;
import io.flamelake.proto.types.v1.LabelPair;
import io.flamelake.proto.types.v1.LabelValuesRequest;
import io.flamelake.proto.types.v1.LabelValuesResponse;
import io.flamelake.proto.types.v1.Location;
import io.flamelake.proto.types.v1.StackTraceSelector;
import io.flamelake.testkit.BruteForce;
import io.flamelake.testkit.HistorySeries;
import io.flamelake.testkit.PushedHistory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** Asks a server about a history, and compares each answer with the oracle to the unit. */
final class HistoryComparison {
  /** As many as the API gives: nothing is cut off. */
  private static final int MAX_NODES = 1 << 20;

  private static final int SHOWN_DIFFERENCES = 4;
  private static final int[] STEP_MINUTES = {1, 7, 60, 360};

  private final FlamelakeProcess server;
  private final PushedHistory pushed;
  private final Map<String, FlamelakeClient> clients = new ConcurrentHashMap<>();

  HistoryComparison(FlamelakeProcess server, PushedHistory pushed) {
    this.server = server;
    this.pushed = pushed;
  }

  /**
   * Asks one question.
   *
   * @throws AssertionError if the answer is wrong or an error
   */
  void compare(QueryKind kind, HistoryQuestion question, Random random) {
    try {
      switch (kind) {
        case FLAME_GRAPH -> compareFlameGraph(question);
        case FLAME_GRAPH_OF_CALL_SITE -> compareCallSite(question, random);
        case FLAME_GRAPH_OF_PROFILES -> compareProfileIds(question, random);
        case MERGED_PPROF -> comparePprof(question);
        case COLLAPSED -> compareCollapsed(question);
        case DIFF -> compareDiff(question, random);
        case SERIES -> compareSeries(question, random);
        case HEATMAP -> compareHeatmap(question);
        case LABEL_NAMES -> compareLabelNames(question);
        case LABEL_VALUES -> compareLabelValues(question);
        case SERIES_LISTING -> compareSeriesListing(question);
        case PROFILE_TYPES -> compareProfileTypes(question);
        case PROFILE_STATS -> compareProfileStats(question);
      }
    } catch (AssertionError e) {
      throw new AssertionError(kind + " of " + question + ": " + e.getMessage(), e);
    }
  }

  private void compareFlameGraph(HistoryQuestion question) {
    expectEqual(stacks(question), flameGraph(question, stacktraces(question)));
  }

  private void compareCallSite(HistoryQuestion question, Random random) {
    SortedMap<String, Long> all = stacks(question);
    List<String> stacks = List.copyOf(all.keySet());
    String callSite =
        stacks.isEmpty() ? "main;nowhere" : outer(stacks.get(random.nextInt(stacks.size())));
    StackTraceSelector.Builder selector = StackTraceSelector.newBuilder();
    for (String function : callSite.split(";", -1)) {
      selector.addCallSite(Location.newBuilder().setName(function));
    }

    all.keySet().removeIf(stack -> !(stack + ";").startsWith(callSite + ";"));
    expectEqual(all, flameGraph(question, stacktraces(question).setStackTraceSelector(selector)));
  }

  /** The root and what it calls. */
  private static String outer(String stack) {
    String[] functions = stack.split(";", -1);
    return functions[0] + ";" + functions[1];
  }

  private void compareProfileIds(HistoryQuestion question, Random random) {
    SelectMergeStacktracesRequest.Builder request = stacktraces(question);
    List<HistorySeries> seen = seen(question);
    List<byte[]> pprofs = new ArrayList<>();
    for (int i = 0; i < 3 && !seen.isEmpty(); i++) {
      HistorySeries series = seen.get(random.nextInt(seen.size()));
      int first = pushed.history().firstMinuteAt(question.range().from());
      int end = pushed.history().firstMinuteAt(question.range().to());
      int minute = first + random.nextInt(end - first);
      String id = pushed.history().id(series, minute).toString();
      if (pushed.has(series, minute) && !request.getProfileIdSelectorList().contains(id)) {
        request.addProfileIdSelector(id);
        pprofs.add(pushed.history().pprof(series, minute));
      }
    }

    if (!pprofs.isEmpty()) {
      expectEqual(
          BruteForce.foldedStacks(pprofs, question.type().sampleType()),
          flameGraph(question, request));
    }
  }

  private void comparePprof(HistoryQuestion question) {
    Profile merged =
        client(question)
            .call(
                CpuQueries.SELECT_PROFILE,
                SelectMergeProfileRequest.newBuilder()
                    .setProfileTypeID(question.type().id())
                    .setLabelSelector(question.selector().text())
                    .setStart(question.range().fromMillis())
                    .setEnd(question.range().toMillis())
                    .build(),
                Profile.getDefaultInstance());
    expectEqual(
        stacks(question),
        BruteForce.foldedStacks(List.of(merged.toByteArray()), question.type().sampleType()));
  }

  private void compareCollapsed(HistoryQuestion question) {
    String query = question.type().id() + question.selector().text();
    expectEqual(
        stacks(question),
        CollapsedStacks.ask(
            client(question),
            query,
            question.range().fromMillis(),
            question.range().toMillis(),
            MAX_NODES));
  }

  private void compareDiff(HistoryQuestion question, Random random) {
    HistoryQuestion other =
        question.withRange(
            HistoryRange.draw(random, question.range().from(), question.range().to()));
    DiffResponse diff =
        client(question)
            .call(
                CpuQueries.QUERIER + "Diff",
                DiffRequest.newBuilder()
                    .setLeft(stacktraces(question))
                    .setRight(stacktraces(other))
                    .build(),
                DiffResponse.getDefaultInstance());
    expectEqual(stacks(question), FlameGraphReader.leftStacks(diff.getFlamegraph()));
    expectEqual(stacks(other), FlameGraphReader.rightStacks(diff.getFlamegraph()));
  }

  private void compareSeries(HistoryQuestion question, Random random) {
    int stepMinutes = STEP_MINUTES[random.nextInt(STEP_MINUTES.length)];
    long step = stepMinutes * 60_000L;
    boolean byPod = random.nextBoolean();
    SelectSeriesRequest.Builder request =
        SelectSeriesRequest.newBuilder()
            .setProfileTypeID(question.type().id())
            .setLabelSelector(question.selector().text())
            .setStart(question.range().fromMillis())
            .setEnd(question.range().toMillis())
            .setStep(stepMinutes * 60.0);
    if (byPod) {
      request.addGroupBy("pod");
    }

    SortedMap<String, Long> actual = new TreeMap<>();
    client(question)
        .call(CpuQueries.SELECT_SERIES, request.build(), SelectSeriesResponse.getDefaultInstance())
        .getSeriesList()
        .forEach(
            series ->
                series
                    .getPointsList()
                    .forEach(
                        point ->
                            actual.put(
                                names(series.getLabelsList()) + " " + point.getTimestamp(),
                                (long) point.getValue())));

    // The point at t counts the profiles in (t - step, t], and the first point is at the start.
    long start = question.range().fromMillis();
    long points = (question.range().toMillis() - start) / step;
    SortedMap<String, Long> expected = new TreeMap<>();
    pushed.visitTotals(
        question.selected(),
        Instant.ofEpochMilli(start - step + 1),
        Instant.ofEpochMilli(start + points * step + 1),
        (series, time, total) -> {
          long point = -Math.floorDiv(start - time.toEpochMilli(), step);
          String group = byPod ? "[" + series.pod() + "]" : "[]";
          expected.merge(group + " " + (start + point * step), total, Long::sum);
        });
    expectEqual(expected, actual);
  }

  private void compareHeatmap(HistoryQuestion question) {
    SortedMap<String, Long> actual = new TreeMap<>();
    client(question)
        .call(
            CpuQueries.QUERIER + "SelectHeatmap",
            SelectHeatmapRequest.newBuilder()
                .setProfileTypeID(question.type().id())
                .setLabelSelector(question.selector().text())
                .setStart(question.range().fromMillis())
                .setEnd(question.range().toMillis())
                .setStep(3600)
                .addGroupBy("pod")
                .setQueryType(HeatmapQueryType.HEATMAP_QUERY_TYPE_INDIVIDUAL)
                .build(),
            SelectHeatmapResponse.getDefaultInstance())
        .getSeriesList()
        .forEach(
            series ->
                series
                    .getSlotsList()
                    .forEach(
                        slot ->
                            slot.getCountsList()
                                .forEach(
                                    count ->
                                        actual.merge(
                                            names(series.getLabelsList()),
                                            count.longValue(),
                                            Long::sum))));
    SortedMap<String, Long> expected = new TreeMap<>();
    pushed.visitTotals(
        question.selected(),
        question.range().from(),
        question.range().to(),
        (series, time, total) -> expected.merge("[" + series.pod() + "]", 1L, Long::sum));
    expectEqual(expected, actual);
  }

  private void compareLabelNames(HistoryQuestion question) {
    LabelNamesResponse names =
        client(question)
            .call(
                CpuQueries.QUERIER + "LabelNames",
                LabelNamesRequest.newBuilder()
                    .addMatchers(question.selector().text())
                    .setStart(question.range().fromMillis())
                    .setEnd(question.range().toMillis())
                    .build(),
                LabelNamesResponse.getDefaultInstance());
    SortedSet<String> actual = new TreeSet<>(names.getNamesList());
    actual.removeIf(name -> name.startsWith("__"));
    expectNames(
        listed(question).isEmpty()
            ? new TreeSet<>()
            : new TreeSet<>(List.of("pod", "service_name")),
        actual);
  }

  private void compareLabelValues(HistoryQuestion question) {
    LabelValuesResponse values =
        client(question)
            .call(
                CpuQueries.QUERIER + "LabelValues",
                LabelValuesRequest.newBuilder()
                    .setName("pod")
                    .addMatchers(question.selector().text())
                    .setStart(question.range().fromMillis())
                    .setEnd(question.range().toMillis())
                    .build(),
                LabelValuesResponse.getDefaultInstance());
    expectNames(listed(question).stream().map(HistorySeries::pod).toList(), values.getNamesList());
  }

  private void compareSeriesListing(HistoryQuestion question) {
    SeriesResponse response =
        client(question)
            .call(
                CpuQueries.QUERIER + "Series",
                SeriesRequest.newBuilder()
                    .addMatchers(question.selector().text())
                    .addLabelNames("__profile_type__")
                    .addLabelNames("pod")
                    .setStart(question.range().fromMillis())
                    .setEnd(question.range().toMillis())
                    .build(),
                SeriesResponse.getDefaultInstance());
    expectNames(
        listed(question).stream()
            .map(series -> "[" + series.type().id() + ", " + series.pod() + "]")
            .toList(),
        response.getLabelsSetList().stream().map(labels -> names(labels.getLabelsList())).toList());
  }

  private void compareProfileTypes(HistoryQuestion question) {
    ProfileTypesResponse types =
        client(question)
            .call(
                CpuQueries.QUERIER + "ProfileTypes",
                ProfileTypesRequest.newBuilder()
                    .setStart(question.range().fromMillis())
                    .setEnd(question.range().toMillis())
                    .build(),
                ProfileTypesResponse.getDefaultInstance());
    HistoryRange days = question.range().days();
    expectNames(
        pushed
            .seen(
                series -> series.tenant().value().equals(question.tenant()), days.from(), days.to())
            .stream()
            .map(series -> series.type().id())
            .toList(),
        types.getProfileTypesList().stream().map(type -> type.getID()).toList());
  }

  private void compareProfileStats(HistoryQuestion question) {
    GetProfileStatsResponse stats =
        client(question)
            .call(
                CpuQueries.QUERIER + "GetProfileStats",
                GetProfileStatsRequest.getDefaultInstance(),
                GetProfileStatsResponse.getDefaultInstance());
    if (!stats.getDataIngested()) {
      throw new AssertionError("No data is said to be ingested");
    }
  }

  private SelectMergeStacktracesRequest.Builder stacktraces(HistoryQuestion question) {
    return SelectMergeStacktracesRequest.newBuilder()
        .setProfileTypeID(question.type().id())
        .setLabelSelector(question.selector().text())
        .setStart(question.range().fromMillis())
        .setEnd(question.range().toMillis())
        .setMaxNodes(MAX_NODES);
  }

  private SortedMap<String, Long> flameGraph(
      HistoryQuestion question, SelectMergeStacktracesRequest.Builder request) {
    return FlameGraphReader.foldedStacks(
        client(question)
            .call(
                CpuQueries.SELECT_STACKTRACES,
                request.build(),
                SelectMergeStacktracesResponse.getDefaultInstance())
            .getFlamegraph());
  }

  private FlamelakeClient client(HistoryQuestion question) {
    return clients.computeIfAbsent(
        question.tenant(), tenant -> new FlamelakeClient(server, tenant));
  }

  private SortedMap<String, Long> stacks(HistoryQuestion question) {
    return pushed.foldedStacks(question.selected(), question.range().from(), question.range().to());
  }

  private List<HistorySeries> seen(HistoryQuestion question) {
    return pushed.seen(question.selected(), question.range().from(), question.range().to());
  }

  /** Listings go by UTC days, and by all profile types. */
  private List<HistorySeries> listed(HistoryQuestion question) {
    HistoryRange days = question.range().days();
    return pushed.seen(question.ofAllTypes(), days.from(), days.to());
  }

  private static String names(Collection<LabelPair> labels) {
    return labels.stream().map(LabelPair::getValue).toList().toString();
  }

  private static void expectEqual(
      SortedMap<String, Long> expected, SortedMap<String, Long> actual) {
    if (expected.equals(actual)) {
      return;
    }

    SortedSet<String> keys = new TreeSet<>(expected.keySet());
    keys.addAll(actual.keySet());
    List<String> differences =
        keys.stream()
            .filter(key -> !expected.getOrDefault(key, 0L).equals(actual.getOrDefault(key, 0L)))
            .map(key -> key + ": " + actual.get(key) + " (expected: " + expected.get(key) + ")")
            .toList();
    throw new AssertionError(
        "total "
            + sum(actual)
            + " (expected: "
            + sum(expected)
            + "), "
            + differences.size()
            + " of "
            + keys.size()
            + " differ: "
            + differences.stream().limit(SHOWN_DIFFERENCES).toList());
  }

  private static void expectNames(Collection<String> expected, Collection<String> actual) {
    if (!new TreeSet<>(expected).equals(new TreeSet<>(actual))) {
      throw new AssertionError(actual + " (expected: " + expected + ")");
    }
  }

  private static long sum(Map<String, Long> values) {
    return values.values().stream().mapToLong(Long::longValue).sum();
  }
}
