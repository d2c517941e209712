/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import io.flamelake.model.LabelSet;
import io.flamelake.model.Matcher;
import io.flamelake.model.TenantId;
import io.flamelake.query.SampleSelector.TraceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Answers queries by going through all samples of all profiles, one by one. */
final class ProfileOracle {
  private final List<TestProfile> profiles;

  ProfileOracle(List<TestProfile> profiles) {
    this.profiles = profiles;
  }

  /** Value by functions, root first. */
  Map<String, Long> stacks(ProfileQuery query) {
    Map<String, Long> sums = new TreeMap<>();
    for (TestProfile profile : selected(query)) {
      for (TestProfile.Sample sample : selected(profile, query)) {
        sums.merge(sample.functions().toString(), sample.value(), Long::sum);
      }
    }

    return sums;
  }

  /** Value by frames with all their details. */
  Map<String, Long> frames(ProfileQuery query) {
    Map<String, Long> sums = new TreeMap<>();
    for (TestProfile profile : selected(query)) {
      for (TestProfile.Sample sample : selected(profile, query)) {
        sums.merge(sample.frames().toString(), sample.value(), Long::sum);
      }
    }

    return sums;
  }

  /** Sum and count by group, then by time. */
  Map<LabelSet, Map<Long, long[]>> series(ProfileQuery query, TimeGrid grid, List<String> by) {
    Map<LabelSet, Map<Long, long[]>> series = new HashMap<>();
    for (TestProfile profile : selected(query)) {
      List<TestProfile.Sample> samples = selected(profile, query);
      if (samples.isEmpty() && !query.samples().selectsWholeProfiles()) {
        continue;
      }

      long value = samples.stream().mapToLong(TestProfile.Sample::value).sum();
      for (long point = grid.startMillis(); point <= grid.endMillis(); point += grid.stepMillis()) {
        if (profile.timeMicros() > (point - grid.stepMillis()) * 1000
            && profile.timeMicros() <= point * 1000) {
          long[] sumAndCount =
              series
                  .computeIfAbsent(profile.allLabels().project(by), k -> new TreeMap<>())
                  .computeIfAbsent(point, k -> new long[2]);
          sumAndCount[0] += value;
          sumAndCount[1]++;
        }
      }
    }

    return series;
  }

  /** Value by profile; profiles without a selected sample are not there. */
  Map<SelectedProfile, Long> profileValues(ProfileQuery query) {
    Map<SelectedProfile, Long> values = new HashMap<>();
    for (TestProfile profile : selected(query)) {
      for (TestProfile.Sample sample : selected(profile, query)) {
        values.merge(selectedProfile(profile), sample.value(), Long::sum);
      }
    }

    return values;
  }

  /** Value by profile, trace and span. */
  Map<List<Object>, Long> spanValues(ProfileQuery query) {
    Map<List<Object>, Long> values = new HashMap<>();
    for (TestProfile profile : selected(query)) {
      for (TestProfile.Sample sample : selected(profile, query)) {
        if (sample.spanId() != 0) {
          TraceId trace =
              profile.hasTraces() ? new TraceId(7, sample.traceId()) : new TraceId(0, 0);
          values.merge(
              List.of(selectedProfile(profile), trace, sample.spanId()), sample.value(), Long::sum);
        }
      }
    }

    return values;
  }

  private static SelectedProfile selectedProfile(TestProfile profile) {
    return new SelectedProfile(profile.id(), profile.timeMicros(), profile.labels());
  }

  /** Series of the days that the query touches. */
  Set<SeriesKey> labels(LabelQuery query) {
    Set<SeriesKey> found = new HashSet<>();
    for (TestProfile profile : profiles) {
      long day = Math.floorDiv(profile.timeMicros(), 86_400_000_000L);
      if (profile.tenant().equals(query.tenant())
          && !query.range().isEmpty()
          && day >= Math.floorDiv(query.range().startMicros(), 86_400_000_000L)
          && day <= Math.floorDiv(query.range().endMicros() - 1, 86_400_000_000L)
          && query.selector().matches(profile.allLabels())) {
        found.add(new SeriesKey(profile.type(), profile.labels()));
      }
    }

    return found;
  }

  ProfileStats stats(TenantId tenant) {
    List<Long> times = new ArrayList<>();
    for (TestProfile profile : profiles) {
      if (profile.tenant().equals(tenant)) {
        times.add(profile.timeMicros());
      }
    }

    times.sort(null);
    return times.isEmpty()
        ? ProfileStats.NONE
        : new ProfileStats(true, times.get(0), times.get(times.size() - 1));
  }

  private List<TestProfile> selected(ProfileQuery query) {
    return profiles.stream()
        .filter(profile -> profile.tenant().equals(query.tenant()))
        .filter(profile -> profile.type().equals(query.type()))
        .filter(profile -> profile.timeMicros() >= query.range().startMicros())
        .filter(profile -> profile.timeMicros() < query.range().endMicros())
        .filter(profile -> query.selector().matches(profile.allLabels()))
        .filter(
            profile ->
                query.samples().profileIds().isEmpty()
                    || query.samples().profileIds().contains(profile.id()))
        .toList();
  }

  private static List<TestProfile.Sample> selected(TestProfile profile, ProfileQuery query) {
    SampleSelector selector = query.samples();
    return profile.samples().stream()
        .filter(s -> selector.spanIds().isEmpty() || selector.spanIds().contains(s.spanId()))
        .filter(
            s ->
                selector.traceIds().isEmpty()
                    || selector.traceIds().contains(new TraceId(7, s.traceId())))
        .filter(s -> startsWith(s.functions(), selector.stacks().callSite()))
        .filter(s -> passes(s.functions(), selector.stacks().frames()))
        .toList();
  }

  private static boolean passes(List<String> functions, FrameFilter filter) {
    boolean asksNothing = filter.includeNames().isEmpty() && filter.includeRegexes().isEmpty();
    return (asksNothing || anyOf(functions, filter.includeNames(), filter.includeRegexes()))
        && !anyOf(functions, filter.excludeNames(), filter.excludeRegexes());
  }

  /** By java.util.regex, which agrees with RE2 on the expressions that the tests use. */
  private static boolean anyOf(List<String> functions, Set<String> names, List<Matcher> regexes) {
    return functions.stream().anyMatch(names::contains)
        || functions.stream()
            .anyMatch(
                function -> regexes.stream().anyMatch(regex -> function.matches(regex.value())));
  }

  private static boolean startsWith(List<String> functions, List<String> callSite) {
    return functions.size() >= callSite.size()
        && functions.subList(0, callSite.size()).equals(callSite);
  }
}
