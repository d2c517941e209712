/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.target;

import static java.util.Objects.requireNonNull;

import io.flamelake.gateway.scrape.config.JobConfig;
import io.flamelake.gateway.scrape.config.ProfileConfig;
import io.flamelake.gateway.scrape.discovery.Discovery;
import io.flamelake.model.LabelNames;
import io.flamelake.model.LabelSet;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes the targets of a job: gives what was discovered the labels that rules may change, one copy
 * for each profile, applies the rules, and reads the URL off the result.
 *
 * <p>The labels that say how to scrape are Prometheus' and Phlare's: {@code __address__}, {@code
 * __scheme__}, {@code __profile_path__}, {@code __profile_path_prefix__}, {@code __param_<name>}.
 */
public final class TargetFactory {

  private static final String JOB = "job";
  private static final String INSTANCE = "instance";
  private static final String SCHEME = "__scheme__";
  private static final String PATH = "__profile_path__";
  private static final String PATH_PREFIX = "__profile_path_prefix__";
  private static final String PARAM_PREFIX = "__param_";
  private static final String SECONDS = "seconds";
  private static final String INTERNAL_PREFIX = "__";

  /** Brackets around what holds colons: an IPv6 address. */
  private static final Pattern ADDRESS =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.%]+)]|([^\\[\\]:/?#@\\s]+))(?::(\\d{1,5}))?");

  private final JobConfig job;

  public TargetFactory(JobConfig job) {
    this.job = requireNonNull(job, "job");
  }

  /** What became of one discovered map of labels. */
  public record Outcome(List<ScrapeTarget> targets, List<DroppedTarget> dropped) {}

  /** Makes the targets of a map of labels, one for each profile that the rules keep. */
  public Outcome make(SortedMap<String, String> discovered) {
    List<ScrapeTarget> targets = new ArrayList<>();
    List<DroppedTarget> dropped = new ArrayList<>();
    for (ProfileConfig profile : job.profiles()) {
      SortedMap<String, String> before = populate(discovered, profile);
      SortedMap<String, String> after = job.relabelRules().apply(before);
      if (after == null) {
        dropped.add(new DroppedTarget(job, discovered, "dropped by relabel_configs"));
        continue;
      }

      try {
        targets.add(target(profile, before, after));
      } catch (IllegalArgumentException e) {
        dropped.add(new DroppedTarget(job, discovered, String.valueOf(e.getMessage())));
      }
    }

    return new Outcome(targets, dropped);
  }

  private SortedMap<String, String> populate(
      SortedMap<String, String> discovered, ProfileConfig profile) {
    SortedMap<String, String> labels = new TreeMap<>();
    labels.put(JOB, job.name());
    labels.put(SCHEME, job.scheme());
    labels.put(PATH, profile.path());
    if (!job.pathPrefix().isEmpty()) {
      labels.put(PATH_PREFIX, job.pathPrefix());
    }

    job.params()
        .forEach(
            (name, values) -> {
              if (!values.isEmpty()) {
                labels.put(PARAM_PREFIX + name, values.get(0));
              }
            });
    labels.putAll(discovered);
    labels.put(LabelNames.NAME, profile.name());
    return Collections.unmodifiableSortedMap(labels);
  }

  private ScrapeTarget target(
      ProfileConfig profile, SortedMap<String, String> before, SortedMap<String, String> after) {
    TargetUrl url = url(profile, after);
    SortedMap<String, String> stored = new TreeMap<>();
    after.forEach(
        (name, value) -> {
          if (!name.startsWith(INTERNAL_PREFIX) && !value.isEmpty()) {
            stored.put(name, value);
          }
        });
    stored.put(LabelNames.NAME, after.getOrDefault(LabelNames.NAME, profile.name()));
    stored.put(LabelNames.SERVICE_NAME, ServiceNames.infer(after));
    stored.putIfAbsent(INSTANCE, after.getOrDefault(Discovery.ADDRESS, url.authority()));
    return new ScrapeTarget(job, before, LabelSet.of(stored), url, job.interval(), job.timeout());
  }

  private TargetUrl url(ProfileConfig profile, SortedMap<String, String> labels) {
    String address = labels.getOrDefault(Discovery.ADDRESS, "");
    String scheme = labels.getOrDefault(SCHEME, "");
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException(SCHEME + ": '" + scheme + "' (expected: http or https)");
    }

    Matcher matcher = ADDRESS.matcher(address);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          Discovery.ADDRESS + ": '" + address + "' (expected: host:port)");
    }

    String literal = matcher.group(1);
    String digits = matcher.group(3);
    int port = digits == null ? defaultPort(scheme) : Integer.parseInt(digits);
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          Discovery.ADDRESS + ": '" + address + "' (expected: a port from 1 to 65535)");
    }

    return new TargetUrl(
        scheme,
        literal == null ? requireNonNull(matcher.group(2)) : literal,
        port,
        path(profile, labels));
  }

  private static int defaultPort(String scheme) {
    return scheme.equals("http") ? 80 : 443;
  }

  private String path(ProfileConfig profile, SortedMap<String, String> labels) {
    String path = labels.getOrDefault(PATH_PREFIX, "") + labels.getOrDefault(PATH, "");
    if (!path.startsWith("/")) {
      path = '/' + path;
    }

    if (path.chars().anyMatch(c -> c <= ' ' || c == '#' || c == '?' || c >= 0x7f)) {
      throw new IllegalArgumentException(
          PATH + ": '" + path + "' (expected: a path without query, encoded as in a URL)");
    }

    String query = query(profile, labels);
    return query.isEmpty() ? path : path + '?' + query;
  }

  private String query(ProfileConfig profile, SortedMap<String, String> labels) {
    SortedMap<String, List<String>> params = new TreeMap<>(job.params());
    if (profile.delta()) {
      params.putIfAbsent(SECONDS, List.of(Long.toString(deltaSeconds(job.interval()))));
    }

    // A label stands for the first value; rules may have changed it.
    labels.forEach(
        (name, value) -> {
          if (name.startsWith(PARAM_PREFIX)) {
            params.merge(
                name.substring(PARAM_PREFIX.length()), List.of(value), TargetFactory::withFirst);
          }
        });
    StringBuilder query = new StringBuilder();
    for (Map.Entry<String, List<String>> param : params.entrySet()) {
      for (String value : param.getValue()) {
        query
            .append(query.isEmpty() ? "" : "&")
            .append(URLEncoder.encode(param.getKey(), StandardCharsets.UTF_8))
            .append('=')
            .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
      }
    }

    return query.toString();
  }

  private static List<String> withFirst(List<String> values, List<String> first) {
    List<String> changed = new ArrayList<>(first);
    changed.addAll(values.subList(Math.min(1, values.size()), values.size()));
    return changed;
  }

  /** A second less than the interval: the next request finds the program free. */
  private static long deltaSeconds(Duration interval) {
    return Math.max(1, interval.minusSeconds(1).toSeconds());
  }
}
