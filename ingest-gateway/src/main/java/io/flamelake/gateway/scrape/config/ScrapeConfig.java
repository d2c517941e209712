/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.config;

import io.flamelake.model.TenantId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All jobs, in the order of the file. */
public record ScrapeConfig(List<JobConfig> jobs) {

  public static final ScrapeConfig NONE = new ScrapeConfig(List.of());

  private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(15);

  public ScrapeConfig {
    jobs = List.copyOf(jobs);
  }

  /**
   * Reads {@code {global: {…}, scrape_configs: […]}}.
   *
   * @param file what messages call it, and what relative names in it are relative to
   * @param tenant of jobs that name none
   * @throws ScrapeConfigException if something is wrong, with the line
   */
  public static ScrapeConfig parse(Path file, String text, TenantId tenant) {
    Path directory = file.toAbsolutePath().getParent();
    return parse(file.toString(), Objects.requireNonNullElse(directory, file), text, tenant, false);
  }

  /** The jobs for pods with the usual annotations, in the cluster this process runs in. */
  public static ScrapeConfig kubernetesDefaults(TenantId tenant) {
    return parse("Kubernetes defaults", Path.of("/"), KubernetesDefaults.yaml(), tenant, true);
  }

  /**
   * These jobs and then others.
   *
   * @throws ScrapeConfigException if two have one name
   */
  public ScrapeConfig then(ScrapeConfig others) {
    List<JobConfig> all = new ArrayList<>(jobs);
    all.addAll(others.jobs);
    Set<String> names = new HashSet<>();
    for (JobConfig job : all) {
      if (!names.add(job.name())) {
        throw new ScrapeConfigException("Two jobs are called " + job.name());
      }
    }

    return new ScrapeConfig(all);
  }

  private static ScrapeConfig parse(
      String origin, Path directory, String text, TenantId tenant, boolean isDefaultSet) {
    YamlMapping root = YamlDocument.parse(origin, text).mapping();
    YamlMapping global = root.findMapping("global");
    ScrapeDefaults defaults =
        new ScrapeDefaults(
            global == null
                ? DEFAULT_INTERVAL
                : global.duration("scrape_interval", DEFAULT_INTERVAL),
            global == null ? null : findDuration(global, "scrape_timeout"),
            tenant,
            isDefaultSet);
    if (global != null) {
      global.checkNothingElse();
    }

    JobParser parser = new JobParser(directory, defaults);
    List<JobConfig> jobs = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (YamlMapping job : root.mappings("scrape_configs")) {
      JobConfig config = parser.parse(job);
      if (!names.add(config.name())) {
        throw job.error("job_name", "Another job is called " + config.name());
      }

      jobs.add(config);
    }

    root.checkNothingElse();
    return new ScrapeConfig(jobs);
  }

  private static @Nullable Duration findDuration(YamlMapping mapping, String key) {
    return mapping.findText(key) == null ? null : mapping.duration(key, Duration.ZERO);
  }
}
