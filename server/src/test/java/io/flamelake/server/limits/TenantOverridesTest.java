/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flamelake.flink.maintenance.delete.TenantRetention;
import io.flamelake.gateway.limits.DefaultRulesPosition;
import io.flamelake.gateway.limits.Limits;
import io.flamelake.gateway.limits.Relabelling;
import io.flamelake.gateway.limits.Sampling;
import io.flamelake.gateway.relabel.RelabelAction;
import io.flamelake.gateway.relabel.RelabelRule;
import io.flamelake.gateway.relabel.RelabelRules;
import io.flamelake.model.Selector;
import io.flamelake.model.TenantId;
import io.flamelake.query.QueryConfig;
import io.flamelake.query.QueryLimits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TenantOverridesTest {
  private static final QueryLimits QUERIES = QueryConfig.defaults().limits();
  private static final Limits PUSHES = Limits.defaults();
  private static final TenantId A = new TenantId("team-a");
  private static final TenantId B = new TenantId("team-b");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @TempDir private Path directory;

  /** Replaces the file at once, as operators do who know that it is being read. */
  private Path write(String text) {
    try {
      Path file = Files.writeString(directory.resolve("new.yaml"), text);
      return Files.move(
          file, directory.resolve("overrides.yaml"), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private TenantOverrides overrides(Path file) {
    return new TenantOverrides(
        file,
        Duration.ofMillis(100),
        new TenantLimitSet(QUERIES, PUSHES, TenantRetention.FOR_EVER),
        meters);
  }

  private double lastReload() {
    return meters.get("flamelake_limits_overrides_last_reload_successful").gauge().value();
  }

  @Test
  void everyLimitMapsAndOthersAreLeftAlone() {
    Path file =
        write(
            """
            overrides:
              team-a:
                max_query_length: 48h
                max_query_lookback: 30d
                max_flamegraph_nodes_default: 100
                max_flamegraph_nodes_max: 200
                max_flamegraph_nodes_on_select_merge_profile: true
                max_query_series: 7
                ingestion_body_limit_mb: 3
                ingestion_rate_mb: 0.5
                ingestion_burst_size_mb: 1.25
                max_label_name_length: 11
                max_label_value_length: 12
                max_label_names_per_series: 13
                max_profile_size_bytes: 14
                max_profile_stacktrace_samples: 15
                max_profile_stacktrace_sample_labels: 16
                reject_older_than: 0
                reject_newer_than: 1h30m
                delta_profiles: [mutex, block]
                retention_period: 31d
                max_profile_stacktrace_depth: 64
                max_profile_symbol_value_length: 65
                max_sessions_per_series: 66
                disable_label_sanitization: false
                ingestion_relabeling_rules:
                  - {action: labeldrop, regex: k8s_.*}
                ingestion_relabeling_default_rules_position: last
                sample_type_relabeling_rules:
                  - action: drop
                    source_labels: [__type__]
                    regex: alloc_.*
                distributor_usage_groups: {loud: '{service_name="loud"}'}
                distributor_sampling: {usage_groups: {loud: {probability: 0.25}}}
                compactor_blocks: {a: b}
              team-b:
            """);
    try (TenantOverrides overrides = overrides(file)) {
      assertThat(overrides.queryLimits(A))
          .isEqualTo(new QueryLimits(Duration.ofHours(48), Duration.ofDays(30), 100, 200, true, 7));
      assertThat(overrides.queryLimits(B)).isEqualTo(QUERIES);
      assertThat(overrides.queryLimits(TenantId.ANONYMOUS)).isEqualTo(QUERIES);
      assertThat(overrides.pushLimits(A))
          .isEqualTo(
              new Limits(
                  3 << 20,
                  1 << 19,
                  (1 << 20) + (1 << 18),
                  11,
                  12,
                  13,
                  14,
                  15,
                  16,
                  64,
                  65,
                  66,
                  true,
                  Duration.ZERO,
                  Duration.ofMinutes(90),
                  Set.of("mutex", "block"),
                  new Relabelling(
                      new RelabelRules(
                          List.of(
                              RelabelRule.builder()
                                  .action(RelabelAction.LABELDROP)
                                  .regex("k8s_.*")
                                  .build())),
                      DefaultRulesPosition.LAST,
                      new RelabelRules(
                          List.of(
                              RelabelRule.builder()
                                  .action(RelabelAction.DROP)
                                  .sourceLabels("__type__")
                                  .regex("alloc_.*")
                                  .build()))),
                  new Sampling(
                      Map.of("loud", Selector.parse("{service_name=\"loud\"}")),
                      Map.of("loud", 0.25))));
      assertThat(overrides.pushLimits(B)).isEqualTo(PUSHES);
      assertThat(overrides.limits(A))
          .containsEntry("max_query_length", "48h")
          .containsEntry("retention_period", "31 d")
          .containsEntry("reject_older_than", "0")
          .containsEntry("delta_profiles", "block,mutex");
      assertThat(overrides.overrides().get(A))
          .containsEntry("max_profile_stacktrace_depth", "64")
          .containsEntry("compactor_blocks", "{\"a\":\"b\"}");
      assertThat(overrides.limitsOfOverridden().get(A))
          .containsAllEntriesOf(overrides.limits(A))
          .containsEntry("compactor_blocks", "{\"a\":\"b\"}");
      assertThat(overrides.limitsOfOverridden().get(B)).isEqualTo(overrides.limits(B));
    }
  }

  @Test
  void showsLimitsAsTheFileWouldSayThem() {
    try (TenantOverrides overrides = overrides(write("overrides: {team-a: {}}"))) {
      Map<String, String> shown = overrides.limits(A);
      StringBuilder file = new StringBuilder("overrides:\n  team-b:\n");
      shown.forEach((name, value) -> file.append("    %s: %s%n".formatted(name, value)));

      write(file.toString());

      await().untilAsserted(() -> assertThat(overrides.overrides().get(B)).isEqualTo(shown));
      assertThat(overrides.pushLimits(B)).isEqualTo(PUSHES);
      assertThat(overrides.queryLimits(B)).isEqualTo(QUERIES);
    }
  }

  @Test
  void tellsWhatDiffersFromTheDefaults() {
    Path file =
        write(
            """
            overrides:
              team-a: {max_query_length: 24h, max_label_name_length: 7, unknown: 8}
              team-b: {reject_older_than: 60m}
            """);
    try (TenantOverrides overrides = overrides(file)) {
      assertThat(overrides.differences())
          .isEqualTo(Map.of(A, Map.of("max_label_name_length", "7", "unknown", "8"), B, Map.of()));
    }
  }

  @Test
  void readsTheFileAgainAndKeepsTheLastGoodOne() {
    Path file = write("overrides: {team-a: {max_query_length: 1h}}");
    try (TenantOverrides overrides = overrides(file)) {
      assertThat(overrides.queryLimits(A).maxQueryLength()).isEqualTo(Duration.ofHours(1));
      assertThat(lastReload()).isEqualTo(1);

      write("overrides: {team-a: {max_query_length: 1x}}");
      await().untilAsserted(() -> assertThat(lastReload()).isZero());
      assertThat(overrides.queryLimits(A).maxQueryLength()).isEqualTo(Duration.ofHours(1));

      write("overrides: {team-b: {max_query_length: 2h}}");
      await().untilAsserted(() -> assertThat(lastReload()).isEqualTo(1));
      assertThat(overrides.queryLimits(A)).isEqualTo(QUERIES);
      assertThat(overrides.queryLimits(B).maxQueryLength()).isEqualTo(Duration.ofHours(2));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "overrides: {team-a: {max_query_length: 1x}} | Tenant team-a: max_query_length: '1x'",
        "overrides: {team-a: {max_query_series: 0}} | Tenant team-a: maxSeries: 0",
        "overrides: {team-a: {max_query_series: x}} | Tenant team-a: max_query_series: 'x'",
        "overrides: {team-a: {max_label_name_length: 0}} | Tenant team-a: max_label_name_length:"
            + " '0'",
        "overrides: {team-a: {ingestion_rate_mb: -1}} | Tenant team-a: ingestion_rate_mb: '-1'",
        "overrides: {team-a: {ingestion_rate_mb: 99999999999999}} | Tenant team-a:"
            + " ingestion_rate_mb: '99999999999999'",
        "overrides: {team-a: {delta_profiles: cpu}} | Tenant team-a: delta_profiles: 'cpu'"
            + " (expected: a list of memory, mutex and block, or none)",
        "overrides: {team-a: {reject_older_than: -1h}} | Tenant team-a: reject_older_than: '-1h'",
        "overrides: {team-b: {max_profile_size_bytes: 1GB}} | Tenant team-b:"
            + " max_profile_size_bytes: '1GB' (expected: a whole number)",
        "overrides: {team-a: {max_profile_stacktrace_depth: 1001}} | Tenant team-a:"
            + " max_profile_stacktrace_depth: '1001'",
        "overrides: {team-a: {ingestion_relabeling_rules: [{action: x}]}} | Tenant team-a:"
            + " ingestion_relabeling_rules: Rule 1: action: 'x' (expected: replace",
        "overrides: {team-a: {sample_type_relabeling_rules: 7}} | Tenant team-a:"
            + " sample_type_relabeling_rules: '7' (expected: a list of rules)",
        "overrides: {team-a: {ingestion_relabeling_default_rules_position: no}} | expected: first,"
            + " last or disabled",
        "overrides: {team-a: {distributor_usage_groups: {a: b=}}} | Tenant team-a:"
            + " distributor_usage_groups: a: ",
        "overrides: {team-a: {distributor_sampling: {usage_groups: {a: {probability: 2}}}}} |"
            + " probability of a: 2.0 (expected: 0..1)",
        "overrides: {team-a: {retention_period: 5m}} | Tenant team-a: retention_period: '5m'",
        "overrides: {team-a: {retention_rules: [{selector: '{pod=\"x\"}', period: 7d}]}} |"
            + " expected: conditions on service_name only",
        "overrides: {team-a: {retention_rules: [{period: 7d}]}} | expected: a period, and a"
            + " selector",
        "overrides: {a b: {}} | Tenant id has an unsupported character",
        "overrides: [] | overrides is not a mapping",
        "limits: {} | Unknown key 'limits' (expected: overrides)",
        "overrides: { | Not YAML"
      })
  void refusesToStartWithABadFile(String text, String reason) {
    Path file = write(text);

    assertThatThrownBy(() -> overrides(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Overrides file " + file)
        .hasMessageContaining(reason);
  }

  @Test
  void refusesToStartWithoutTheFileThatIsNamed() {
    assertThatThrownBy(() -> overrides(directory.resolve("none.yaml")))
        .hasMessageContaining("NoSuchFileException");
  }

  @Test
  void smallerMaximumCapsTheDefaultNumberOfNodes() {
    try (TenantOverrides overrides =
        overrides(write("overrides: {team-a: {max_flamegraph_nodes_max: 50}}"))) {
      assertThat(overrides.queryLimits(A).defaultMaxNodes()).isEqualTo(50);
    }
  }
}
