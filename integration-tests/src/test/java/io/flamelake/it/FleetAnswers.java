/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingDouble;
import static java.util.Comparator.comparingLong;
import static java.util.Comparator.naturalOrder;
import static java.util.Comparator.nullsLast;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.summingLong;
import static java.util.stream.Collectors.toCollection;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the questions of {@code sql/questions} are to answer, summed one sample at a time from what
 * was pushed. Knows nothing of tables, ids and joins.
 */
final class FleetAnswers {
  private final List<FleetProfile> profiles;

  /** All CPU profiles of the tenant that asks. */
  private final List<FleetProfile> own;

  FleetAnswers(List<FleetProfile> profiles, String tenant) {
    this.profiles = profiles;
    this.own = profiles.stream().filter(profile -> profile.tenant().equals(tenant)).toList();
  }

  /** A sample of CPU time. */
  private record Sample(FleetProfile profile, FleetStack stack) {
    String service() {
      return profile.service();
    }

    long value() {
      return stack.cpuNanos();
    }

    /** Each function of the stack once. */
    Set<String> functions() {
      return new LinkedHashSet<>(stack.functions());
    }

    boolean has(String function) {
      return stack.functions().contains(function);
    }
  }

  /** A direct call, or null for what is before the root or after the leaf. */
  private record Call(@Nullable String caller, @Nullable String callee) {}

  List<List<@Nullable Object>> topBySelf(Instant from, Instant to) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    Map<String, List<Sample>> byLeaf =
        samples(between(from, to)).collect(groupingBy(sample -> sample.stack().leaf()));
    byLeaf.forEach(
        (function, samples) ->
            rows.add(row(function, sum(samples), (long) services(samples).size())));
    return top(20, rows, comparing(number(1)).reversed().thenComparing(text(0)));
  }

  List<List<@Nullable Object>> topByTotal(Instant from, Instant to) {
    List<Sample> all = samples(between(from, to)).toList();
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (String function : functions(all)) {
      long total = sum(all, sample -> sample.has(function));
      long self = sum(all, sample -> sample.stack().leaf().equals(function));
      rows.add(row(function, total, self, new Rounded((double) total / sum(all), 4)));
    }

    return top(20, rows, comparing(number(1)).reversed().thenComparing(text(0)));
  }

  List<List<@Nullable Object>> costByService(String function, Instant fromHour, Instant toHour) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    Map<String, List<Sample>> byService =
        samples(inHours(fromHour, toHour)).collect(groupingBy(Sample::service));
    byService.forEach(
        (service, samples) -> {
          long total = sum(samples, sample -> sample.has(function));
          long self = sum(samples, sample -> sample.stack().leaf().equals(function));
          if (total > 0) {
            rows.add(row(service, self, total, new Rounded((double) total / sum(samples), 4)));
          }
        });
    return top(50, rows, comparing(number(2)).reversed().thenComparing(text(0)));
  }

  List<List<@Nullable Object>> regression(String service, Instant from, Instant to) {
    List<Sample> all =
        samples(between(from, to).and(profile -> profile.service().equals(service))).toList();
    List<Sample> old = all.stream().filter(sample -> version(sample).equals("v1")).toList();
    List<Sample> recent = all.stream().filter(sample -> version(sample).equals("v2")).toList();
    record Share(String function, double before, double after) {
      double change() {
        return after - before;
      }
    }

    return functions(all).stream()
        .map(
            function ->
                new Share(
                    function,
                    (double) sum(old, sample -> sample.has(function)) / sum(old),
                    (double) sum(recent, sample -> sample.has(function)) / sum(recent)))
        .filter(share -> share.change() > 0)
        .sorted(comparingDouble(Share::change).reversed().thenComparing(Share::function))
        .limit(20)
        .map(
            share ->
                row(
                    share.function,
                    new Rounded(share.before, 4),
                    new Rounded(share.after, 4),
                    new Rounded(share.change(), 4)))
        .toList();
  }

  List<List<@Nullable Object>> diff(
      String service, Instant before, Instant after, Duration length) {
    List<Sample> left = samples(between(before, before.plus(length)).and(of(service))).toList();
    List<Sample> right = samples(between(after, after.plus(length)).and(of(service))).toList();
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (String function : functions(Stream.concat(left.stream(), right.stream()).toList())) {
      long was = sum(left, sample -> sample.stack().leaf().equals(function));
      long is = sum(right, sample -> sample.stack().leaf().equals(function));
      if (was != is) {
        rows.add(row(function, was, is, is - was));
      }
    }

    return top(
        20,
        rows,
        comparingLong((List<@Nullable Object> row) -> -Math.abs(number(3).apply(row)))
            .thenComparing(text(0)));
  }

  /** One deployment: its service, its version and when. */
  record Deployment(String service, String version, Instant at) {}

  List<List<@Nullable Object>> deployments(
      List<Deployment> deployments, Duration eachSide, Instant from, Instant to) {
    record Change(Deployment deployment, double before, double after) {
      double change() {
        return after / before - 1;
      }
    }

    return deployments.stream()
        .map(
            deployment -> {
              Predicate<FleetProfile> asked = between(from, to).and(of(deployment.service));
              Instant at = deployment.at;
              return new Change(
                  deployment,
                  meanTotal(asked.and(between(at.minus(eachSide), at))),
                  meanTotal(asked.and(between(at, at.plus(eachSide)))));
            })
        .filter(change -> !Double.isNaN(change.change()))
        .sorted(comparingDouble(Change::change).reversed())
        .map(
            change ->
                row(
                    change.deployment.service,
                    change.deployment.version,
                    change.deployment.at,
                    new Rounded(change.before, 1),
                    new Rounded(change.after, 1),
                    new Rounded(change.change(), 4)))
        .toList();
  }

  List<List<@Nullable Object>> prices(
      Map<String, Double> pricePerHour, String currency, Instant fromHour, Instant toHour) {
    Map<String, Double> seconds = new TreeMap<>();
    Map<String, Double> price = new TreeMap<>();
    samples(inHours(fromHour, toHour))
        .filter(sample -> pricePerHour.containsKey(sample.service()))
        .forEach(
            sample -> {
              double used = sample.value() / 1e9;
              double each = pricePerHour.getOrDefault(sample.service(), 0.0);
              seconds.merge(sample.stack().leaf(), used, Double::sum);
              price.merge(sample.stack().leaf(), used / 3600 * each, Double::sum);
            });
    return price.entrySet().stream()
        .sorted(
            Map.Entry.<String, Double>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(20)
        .map(
            entry ->
                row(
                    entry.getKey(),
                    new Rounded(seconds.getOrDefault(entry.getKey(), 0.0), 3),
                    new Rounded(entry.getValue(), 6),
                    currency))
        .toList();
  }

  List<List<@Nullable Object>> stacks(String service, Instant from, Instant to) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    Map<String, Long> values =
        samples(between(from, to).and(of(service)))
            .collect(
                groupingBy(
                    sample -> String.join(";", sample.stack().functions()),
                    summingLong(Sample::value)));
    values.forEach((stack, value) -> rows.add(row(stack, value)));
    return top(100, rows, comparing(number(1)).reversed().thenComparing(text(0)));
  }

  List<List<@Nullable Object>> tenants(
      Map<String, Long> storedBytes, Instant fromHour, Instant toHour) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    int types = FleetProfile.TYPES.size();
    Map<String, List<FleetProfile>> byTenant =
        profiles.stream()
            .filter(inHours(fromHour, toHour))
            .collect(groupingBy(FleetProfile::tenant));
    byTenant.forEach(
        (tenant, sent) -> {
          long samples = sent.stream().mapToLong(profile -> profile.stacks().size()).sum();
          long services = sent.stream().map(FleetProfile::service).distinct().count();
          rows.add(
              row(
                  tenant,
                  (long) sent.size() * types,
                  samples * types,
                  services,
                  storedBytes.get(tenant)));
        });
    return top(20, rows, comparing(number(2)).reversed().thenComparing(text(0)));
  }

  List<List<@Nullable Object>> labels(LocalDate fromDay, LocalDate toDay) {
    Map<String, Set<String>> values = new TreeMap<>();
    Map<String, Set<Map<String, String>>> series = new TreeMap<>();
    Map<String, Set<String>> services = new TreeMap<>();
    own.stream()
        .filter(profile -> !day(profile).isBefore(fromDay) && !day(profile).isAfter(toDay))
        .forEach(
            profile ->
                profile
                    .storedLabels()
                    .forEach(
                        (name, value) -> {
                          values.computeIfAbsent(name, n -> new TreeSet<>()).add(value);
                          series
                              .computeIfAbsent(name, n -> new LinkedHashSet<>())
                              .add(profile.storedLabels());
                          services
                              .computeIfAbsent(name, n -> new TreeSet<>())
                              .add(profile.service());
                        }));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (String name : values.keySet()) {
      rows.add(
          row(
              name,
              (long) values.get(name).size(),
              (long) series.getOrDefault(name, Set.of()).size(),
              (long) services.getOrDefault(name, Set.of()).size()));
    }

    return top(
        50,
        rows,
        comparing(number(1))
            .reversed()
            .thenComparing(number(2), Comparator.reverseOrder())
            .thenComparing(text(0)));
  }

  List<List<@Nullable Object>> percentiles(Instant from, Instant to) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    Map<String, List<Long>> totals =
        own.stream()
            .filter(between(from, to))
            .collect(
                groupingBy(
                    FleetProfile::service,
                    mapping(profile -> profile.total(FleetProfile.CPU), Collectors.toList())));
    totals.forEach(
        (service, values) -> {
          List<Long> sorted = values.stream().sorted().toList();
          rows.add(
              row(
                  service,
                  (long) sorted.size(),
                  nearestRank(sorted, 50),
                  nearestRank(sorted, 95),
                  nearestRank(sorted, 99),
                  sorted.get(sorted.size() - 1)));
        });
    return top(50, rows, comparing(number(4)).reversed().thenComparing(text(0)));
  }

  List<List<@Nullable Object>> callers(String function, Instant fromHour, Instant toHour) {
    return calls(fromHour, toHour, call -> function.equals(call.callee()), Call::caller);
  }

  List<List<@Nullable Object>> callees(String function, Instant fromHour, Instant toHour) {
    return calls(fromHour, toHour, call -> function.equals(call.caller()), Call::callee);
  }

  private List<List<@Nullable Object>> calls(
      Instant fromHour,
      Instant toHour,
      Predicate<Call> asked,
      Function<Call, @Nullable String> other) {
    Map<@Nullable String, Long> values = new HashMap<>();
    Map<@Nullable String, Set<String>> services = new HashMap<>();
    samples(inHours(fromHour, toHour))
        .forEach(
            sample ->
                callsOf(sample.stack()).stream()
                    .filter(asked)
                    .map(other)
                    .forEach(
                        name -> {
                          values.merge(name, sample.value(), Long::sum);
                          services
                              .computeIfAbsent(name, n -> new TreeSet<>())
                              .add(sample.service());
                        }));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    values.forEach((name, value) -> rows.add(row(name, value, List.copyOf(services.get(name)))));
    return top(
        50,
        rows,
        comparing(number(1)).reversed().thenComparing(text(0), nullsLast(naturalOrder())));
  }

  /** Each direct call of a stack once, with one into its root and one out of its leaf. */
  private static Set<Call> callsOf(FleetStack stack) {
    Set<Call> calls = new LinkedHashSet<>();
    String caller = null;
    for (String function : stack.functions()) {
      calls.add(new Call(caller, function));
      caller = function;
    }

    calls.add(new Call(caller, null));
    return calls;
  }

  List<List<@Nullable Object>> matching(String pattern, Instant from, Instant to) {
    Predicate<String> matches = Pattern.compile(pattern).asPredicate();
    record Part(String service, long matching, long total) {
      double share() {
        return (double) matching / total;
      }
    }

    return samples(between(from, to)).collect(groupingBy(Sample::service)).entrySet().stream()
        .map(
            entry ->
                new Part(
                    entry.getKey(),
                    sum(entry.getValue(), sample -> sample.functions().stream().anyMatch(matches)),
                    sum(entry.getValue())))
        .sorted(comparingDouble(Part::share).reversed().thenComparing(Part::service))
        .map(part -> row(part.service, part.matching, part.total, new Rounded(part.share(), 4)))
        .toList();
  }

  List<List<@Nullable Object>> newFunctions(Instant fromHour, Instant toHour, Instant newSince) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    Map<String, List<Sample>> byService =
        samples(inHours(fromHour, toHour)).collect(groupingBy(Sample::service));
    byService.forEach(
        (service, samples) -> {
          for (String function : functions(samples)) {
            List<Sample> having = samples.stream().filter(sample -> sample.has(function)).toList();
            if (having.stream().noneMatch(sample -> sample.profile().ts().isBefore(newSince))) {
              long self = sum(having, sample -> sample.stack().leaf().equals(function));
              rows.add(row(service, function, self, sum(having)));
            }
          }
        });
    return top(
        50, rows, comparing(number(3)).reversed().thenComparing(text(0)).thenComparing(text(1)));
  }

  List<List<@Nullable Object>> hidden(Instant from, Instant to) {
    List<Sample> hidden =
        samples(between(from, to)).filter(sample -> sample.stack().address() != 0).toList();
    return List.of(
        row(FleetStack.BINARY, FleetStack.BUILD_ID, sum(hidden), List.copyOf(services(hidden))));
  }

  List<List<@Nullable Object>> traces(Instant from, Instant to) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    Map<String, List<Sample>> byTrace = new TreeMap<>();
    samples(between(from, to))
        .forEach(
            sample -> {
              String trace = sample.stack().traceId();
              if (trace != null) {
                byTrace.computeIfAbsent(trace, t -> new ArrayList<>()).add(sample);
              }
            });
    byTrace.forEach(
        (trace, samples) -> {
          Map<List<String>, Long> parts =
              samples.stream()
                  .collect(
                      groupingBy(
                          sample -> List.of(sample.stack().leaf(), sample.service()),
                          summingLong(Sample::value)));
          String most =
              parts.entrySet().stream()
                  .max(Map.Entry.comparingByValue())
                  .orElseThrow()
                  .getKey()
                  .get(0);
          rows.add(row(trace, sum(samples), List.copyOf(services(samples)), most));
        });
    return top(20, rows, comparing(number(1)).reversed().thenComparing(text(0)));
  }

  // What the views hold, of all tenants and types.

  List<List<@Nullable Object>> allSamples() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    forEachSample(
        (profile, type, stack) ->
            rows.add(
                row(
                    profile.tenant(),
                    profile.ts(),
                    day(profile),
                    type,
                    profile.service(),
                    profile.storedLabels(),
                    profile.id(),
                    FleetProfile.value(stack, type),
                    stack.traceId(),
                    stack.traceId() != null)));
    return rows;
  }

  List<List<@Nullable Object>> allSamplesWithFrames() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    forEachSample(
        (profile, type, stack) ->
            rows.add(
                row(
                    profile.tenant(),
                    profile.ts(),
                    type,
                    profile.service(),
                    profile.id(),
                    FleetProfile.value(stack, type),
                    stack.functions())));
    return rows;
  }

  List<List<@Nullable Object>> allStackValues() {
    return sums(stack -> List.of(List.<@Nullable Object>of(stack.functions())));
  }

  List<List<@Nullable Object>> allTotals() {
    return sums(
        stack ->
            new LinkedHashSet<>(stack.functions())
                .stream().map(FleetAnswers::row).collect(toCollection(ArrayList::new)));
  }

  List<List<@Nullable Object>> allSelfs() {
    return sums(stack -> List.of(row(stack.leaf())));
  }

  List<List<@Nullable Object>> allCallers() {
    return sums(
        stack ->
            callsOf(stack).stream()
                .filter(call -> call.callee() != null)
                .map(call -> row(call.callee(), call.caller()))
                .toList());
  }

  List<List<@Nullable Object>> allCallees() {
    return sums(
        stack ->
            callsOf(stack).stream()
                .filter(call -> call.caller() != null)
                .map(call -> row(call.caller(), call.callee()))
                .toList());
  }

  List<List<@Nullable Object>> allStacks() {
    Set<List<@Nullable Object>> rows = new LinkedHashSet<>();
    forEachSample(
        (profile, type, stack) ->
            rows.add(row(profile.tenant(), day(profile), profile.service(), stack.functions())));
    return List.copyOf(rows);
  }

  List<List<@Nullable Object>> allSeries() {
    Set<List<@Nullable Object>> rows = new LinkedHashSet<>();
    forEachSample(
        (profile, type, stack) ->
            rows.add(
                row(
                    profile.tenant(),
                    day(profile),
                    type,
                    profile.service(),
                    profile.storedLabels())));
    return List.copyOf(rows);
  }

  private interface SampleVisitor {
    void visit(FleetProfile profile, String type, FleetStack stack);
  }

  private void forEachSample(SampleVisitor visitor) {
    for (FleetProfile profile : profiles) {
      for (String type : FleetProfile.TYPES) {
        profile.stacks().forEach(stack -> visitor.visit(profile, type, stack));
      }
    }
  }

  /** Sums by tenant, day, hour, type, service and what is picked of a stack. */
  private List<List<@Nullable Object>> sums(
      Function<FleetStack, Collection<List<@Nullable Object>>> keys) {
    Map<List<@Nullable Object>, Long> sums = new HashMap<>();
    forEachSample(
        (profile, type, stack) -> {
          for (List<@Nullable Object> key : keys.apply(stack)) {
            List<@Nullable Object> complete =
                row(profile.tenant(), day(profile), hour(profile), type, profile.service());
            complete.addAll(key);
            sums.merge(complete, FleetProfile.value(stack, type), Long::sum);
          }
        });
    List<List<@Nullable Object>> rows = new ArrayList<>();
    sums.forEach(
        (key, value) -> {
          List<@Nullable Object> row = new ArrayList<>(key);
          row.add(value);
          rows.add(row);
        });
    return rows;
  }

  private Stream<Sample> samples(Predicate<FleetProfile> asked) {
    return own.stream()
        .filter(asked)
        .flatMap(profile -> profile.stacks().stream().map(stack -> new Sample(profile, stack)));
  }

  private double meanTotal(Predicate<FleetProfile> asked) {
    return own.stream()
        .filter(asked)
        .mapToLong(profile -> profile.total(FleetProfile.CPU))
        .average()
        .orElse(Double.NaN);
  }

  private static Predicate<FleetProfile> between(Instant from, Instant to) {
    return profile -> !profile.ts().isBefore(from) && profile.ts().isBefore(to);
  }

  private static Predicate<FleetProfile> inHours(Instant fromHour, Instant toHour) {
    return between(fromHour, toHour.plus(Duration.ofHours(1)));
  }

  private static Predicate<FleetProfile> of(String service) {
    return profile -> profile.service().equals(service);
  }

  private static String version(Sample sample) {
    return sample.profile().labels().getOrDefault("version", "");
  }

  private static LocalDate day(FleetProfile profile) {
    return LocalDate.ofInstant(profile.ts(), ZoneOffset.UTC);
  }

  private static Instant hour(FleetProfile profile) {
    return profile.ts().truncatedTo(ChronoUnit.HOURS);
  }

  private static Set<String> functions(Collection<Sample> samples) {
    return samples.stream()
        .flatMap(sample -> sample.functions().stream())
        .collect(toCollection(TreeSet::new));
  }

  private static Set<String> services(Collection<Sample> samples) {
    return samples.stream().map(Sample::service).collect(toCollection(TreeSet::new));
  }

  private static long sum(Collection<Sample> samples) {
    return sum(samples, sample -> true);
  }

  private static long sum(Collection<Sample> samples, Predicate<Sample> counted) {
    return samples.stream().filter(counted).mapToLong(Sample::value).sum();
  }

  private static long nearestRank(List<Long> sorted, int percent) {
    int rank = (percent * sorted.size() + 99) / 100;
    return sorted.get(rank - 1);
  }

  static List<@Nullable Object> row(@Nullable Object... cells) {
    return new ArrayList<>(Arrays.asList(cells));
  }

  static Function<List<@Nullable Object>, Long> number(int column) {
    return row -> (Long) row.get(column);
  }

  static Function<List<@Nullable Object>, String> text(int column) {
    return row -> (String) row.get(column);
  }

  static List<List<@Nullable Object>> top(
      int count, List<List<@Nullable Object>> rows, Comparator<List<@Nullable Object>> order) {
    return rows.stream().sorted(order).limit(count).toList();
  }
}
