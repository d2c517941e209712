/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static io.flamelake.it.FleetAnswers.number;
import static io.flamelake.it.FleetAnswers.row;
import static io.flamelake.it.FleetAnswers.text;
import static io.flamelake.it.FleetAnswers.top;
import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.groupingBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the questions that read roll-ups are to answer, summed one sample at a time from the
 * profiles that the roll-ups were made of. Knows nothing of trees.
 */
final class RollUpAnswers {
  private final List<FleetProfile> profiles;

  /**
   * @param profiles of one tenant
   */
  RollUpAnswers(List<FleetProfile> profiles) {
    this.profiles = profiles;
  }

  private record Sample(FleetProfile profile, FleetStack stack) {}

  List<List<@Nullable Object>> functionsOfDays(LocalDate from, LocalDate to) {
    List<Sample> all =
        inDays(from, to).stream()
            .flatMap(profile -> profile.stacks().stream().map(stack -> new Sample(profile, stack)))
            .toList();
    List<List<@Nullable Object>> rows = new ArrayList<>();
    all.stream()
        .collect(groupingBy(sample -> sample.stack.leaf()))
        .forEach(
            (function, own) ->
                rows.add(
                    row(
                        function,
                        cpuNanos(own),
                        new Rounded((double) cpuNanos(own) / cpuNanos(all), 4),
                        own.stream().map(sample -> sample.profile.service()).distinct().count(),
                        own.stream().map(sample -> day(sample.profile)).distinct().count())));
    return top(20, rows, comparing(number(1)).reversed().thenComparing(text(0)));
  }

  private static long cpuNanos(List<Sample> samples) {
    return samples.stream().mapToLong(sample -> sample.stack.cpuNanos()).sum();
  }

  List<List<@Nullable Object>> functionsByHour(String service, Instant fromHour, Instant toHour) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Instant hour = fromHour; !hour.isAfter(toHour); hour = hour.plus(Duration.ofHours(1))) {
      rows.addAll(functionsOfHour(service, hour));
    }

    return rows;
  }

  private List<List<@Nullable Object>> functionsOfHour(String service, Instant hour) {
    Map<String, Long> selfs = new TreeMap<>();
    Map<String, Long> totals = new TreeMap<>();
    profiles.stream()
        .filter(profile -> profile.service().equals(service) && hour(profile).equals(hour))
        .flatMap(profile -> profile.stacks().stream())
        .forEach(
            stack -> {
              selfs.merge(stack.leaf(), stack.cpuNanos(), Long::sum);
              for (String function : new HashSet<>(stack.functions())) {
                totals.merge(function, stack.cpuNanos(), Long::sum);
              }
            });
    List<List<@Nullable Object>> rows = new ArrayList<>();
    totals.forEach(
        (function, total) ->
            rows.add(row(hour, function, selfs.getOrDefault(function, 0L), total)));
    return top(5, rows, comparing(number(3)).reversed().thenComparing(text(1)));
  }

  List<List<@Nullable Object>> costOfServices(LocalDate from, LocalDate to) {
    List<FleetProfile> asked = inDays(from, to);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    asked.stream()
        .collect(groupingBy(FleetProfile::service))
        .forEach(
            (service, own) ->
                rows.add(
                    row(
                        service,
                        (long) own.size() * FleetProfile.TYPES.size(),
                        samples(own),
                        new Rounded((double) samples(own) / samples(asked), 4),
                        own.stream().map(RollUpAnswers::day).distinct().count())));
    return top(50, rows, comparing(number(2)).reversed().thenComparing(text(0)));
  }

  /** Each profile is a row for each of its types, with all of its stacks. */
  private static long samples(List<FleetProfile> profiles) {
    return profiles.stream().mapToLong(profile -> profile.stacks().size()).sum()
        * FleetProfile.TYPES.size();
  }

  /** Number of rows of {@code profiles} in an hour. */
  long rows(Instant hour) {
    return profiles.stream().filter(profile -> hour(profile).equals(hour)).count()
        * FleetProfile.TYPES.size();
  }

  private List<FleetProfile> inDays(LocalDate from, LocalDate to) {
    Predicate<FleetProfile> asked =
        profile -> !day(profile).isBefore(from) && !day(profile).isAfter(to);
    return profiles.stream().filter(asked).toList();
  }

  private static LocalDate day(FleetProfile profile) {
    return LocalDate.ofInstant(profile.ts(), ZoneOffset.UTC);
  }

  private static Instant hour(FleetProfile profile) {
    return profile.ts().truncatedTo(ChronoUnit.HOURS);
  }
}
