/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.flamelake.gateway.relabel.RelabelRuleParser;
import io.flamelake.gateway.relabel.RelabelRules;
import io.flamelake.model.TenantId;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads one entry of {@code scrape_configs}. */
final class JobParser {

  private static final Duration MIN_INTERVAL = Duration.ofMillis(100);
  private static final Duration MIN_DELTA_INTERVAL = Duration.ofSeconds(2);

  /** What an answer may take longer than the interval, which the program collects for. */
  private static final Duration TIMEOUT_MARGIN = Duration.ofSeconds(3);

  private static final long DEFAULT_MAX_BODY_BYTES = 16 << 20;
  private static final int DEFAULT_MAX_CONCURRENT_REQUESTS = 10;

  private final Path directory;
  private final HttpOptionsParser http;
  private final ScrapeDefaults defaults;

  /**
   * @param directory what relative file names are relative to
   */
  JobParser(Path directory, ScrapeDefaults defaults) {
    this.directory = directory;
    this.http = new HttpOptionsParser(directory);
    this.defaults = defaults;
  }

  JobConfig parse(YamlMapping job) {
    Duration interval = job.duration("scrape_interval", defaults.interval());
    Duration timeout = timeout(job, interval);
    YamlMapping profiling = job.findMapping("profiling_config");
    JobConfig config =
        new JobConfig(
            job.requiredText("job_name"),
            job.parse("tenant", defaults.tenant(), TenantId::new),
            interval,
            timeout,
            job.parse("scheme", "http", JobParser::scheme),
            job.textLists("params"),
            profiling == null ? "" : prefix(profiling),
            ProfilesParser.parse(findPprofConfig(job, profiling)),
            maxBodyBytes(job),
            Math.max(1, job.count("max_concurrent_requests", DEFAULT_MAX_CONCURRENT_REQUESTS)),
            job.mappings("static_configs").stream().map(StaticTargets::parse).toList(),
            job.mappings("file_sd_configs").stream()
                .map(files -> FileDiscoveryConfig.parse(files, directory))
                .toList(),
            job.mappings("kubernetes_sd_configs").stream()
                .map(cluster -> KubernetesDiscoveryConfig.parse(cluster, http))
                .toList(),
            rules(job),
            http.parse(job),
            defaults.isDefaultSet());
    if (profiling != null) {
      profiling.checkNothingElse();
    }

    job.checkNothingElse();
    check(job, config);
    return config;
  }

  private Duration timeout(YamlMapping job, Duration interval) {
    Duration global = defaults.timeout();
    return job.duration("scrape_timeout", global == null ? interval.plus(TIMEOUT_MARGIN) : global);
  }

  private static String prefix(YamlMapping profiling) {
    // Both names are in use.
    return profiling.text("path_prefix", profiling.text("pprof_prefix", ""));
  }

  private static @Nullable YamlMapping findPprofConfig(
      YamlMapping job, @Nullable YamlMapping profiling) {
    YamlMapping own = job.findMapping("pprof_config");
    YamlMapping nested = profiling == null ? null : profiling.findMapping("pprof_config");
    if (own != null && nested != null) {
      throw job.error("pprof_config", "pprof_config stands in profiling_config already");
    }

    return own == null ? nested : own;
  }

  private static long maxBodyBytes(YamlMapping job) {
    long bytes = job.bytes("body_size_limit", DEFAULT_MAX_BODY_BYTES);
    return bytes == 0 ? DEFAULT_MAX_BODY_BYTES : bytes;
  }

  private static String scheme(String text) {
    if (!text.equals("http") && !text.equals("https")) {
      throw new IllegalArgumentException("http or https");
    }

    return text;
  }

  private static RelabelRules rules(YamlMapping job) {
    String key = "relabel_configs";
    JsonNode list = job.findNode(key);
    if (list == null) {
      return RelabelRules.NONE;
    }

    try {
      return RelabelRuleParser.parse(list);
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw list.isArray()
          ? job.itemError(key, firstBad(list), message)
          : job.error(key, key + ": " + message);
    }
  }

  /** The parser tells the rule by its number; its line is that of its node. */
  private static int firstBad(JsonNode list) {
    for (int i = 0; i < list.size(); i++) {
      try {
        RelabelRuleParser.parse(JsonNodeFactory.instance.arrayNode().add(list.get(i)));
      } catch (IllegalArgumentException e) {
        return i;
      }
    }

    return 0;
  }

  private static void check(YamlMapping job, JobConfig config) {
    if (config.interval().compareTo(MIN_INTERVAL) < 0) {
      throw job.error("scrape_interval", "scrape_interval is shorter than 100ms");
    }

    if (config.timeout().isZero()) {
      throw job.error("scrape_timeout", "scrape_timeout is 0");
    }

    for (ProfileConfig profile : config.profiles()) {
      checkDelta(job, config, profile);
    }

    if (config.staticTargets().isEmpty()
        && config.files().isEmpty()
        && config.kubernetes().isEmpty()) {
      throw job.error(
          "Job "
              + config.name()
              + " has none of static_configs, file_sd_configs and kubernetes_sd_configs");
    }
  }

  /** The program collects for a second less than the interval, and answers then. */
  private static void checkDelta(YamlMapping job, JobConfig config, ProfileConfig profile) {
    if (!profile.delta()) {
      return;
    }

    if (config.interval().compareTo(MIN_DELTA_INTERVAL) < 0) {
      throw job.error(
          "scrape_interval", "scrape_interval is shorter than 2s, too short for " + profile.name());
    }

    if (config.timeout().compareTo(config.interval().minusSeconds(1)) <= 0) {
      throw job.error(
          "scrape_timeout",
          "scrape_timeout leaves no time for "
              + profile.name()
              + ", which takes a second less than scrape_interval");
    }
  }
}
