/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flamelake.model.TenantId;
import io.flamelake.query.QueryConfig;
import io.flamelake.query.QueryLimits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TenantOverridesTest {
  private static final QueryLimits DEFAULTS = QueryConfig.defaults().limits();
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
    return new TenantOverrides(file, Duration.ofMillis(100), DEFAULTS, meters);
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
                ingestion_rate_mb: 20
                distributor_usage_groups: {a: b}
              team-b:
            """);
    try (TenantOverrides overrides = overrides(file)) {
      assertThat(overrides.of(A))
          .isEqualTo(new QueryLimits(Duration.ofHours(48), Duration.ofDays(30), 100, 200, true, 7));
      assertThat(overrides.of(B)).isEqualTo(DEFAULTS);
      assertThat(overrides.of(TenantId.ANONYMOUS)).isEqualTo(DEFAULTS);
      assertThat(overrides.limits(A))
          .containsEntry("max_query_length", "48h")
          .hasSize(QueryOverrides.NAMES.size());
      assertThat(overrides.overrides().get(A)).containsEntry("ingestion_rate_mb", "20");
    }
  }

  @Test
  void readsTheFileAgainAndKeepsTheLastGoodOne() {
    Path file = write("overrides: {team-a: {max_query_length: 1h}}");
    try (TenantOverrides overrides = overrides(file)) {
      assertThat(overrides.of(A).maxQueryLength()).isEqualTo(Duration.ofHours(1));
      assertThat(lastReload()).isEqualTo(1);

      write("overrides: {team-a: {max_query_length: 1x}}");
      await().untilAsserted(() -> assertThat(lastReload()).isZero());
      assertThat(overrides.of(A).maxQueryLength()).isEqualTo(Duration.ofHours(1));

      write("overrides: {team-b: {max_query_length: 2h}}");
      await().untilAsserted(() -> assertThat(lastReload()).isEqualTo(1));
      assertThat(overrides.of(A)).isEqualTo(DEFAULTS);
      assertThat(overrides.of(B).maxQueryLength()).isEqualTo(Duration.ofHours(2));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "overrides: {team-a: {max_query_length: 1x}} | Tenant team-a: max_query_length: '1x'",
        "overrides: {team-a: {max_query_series: 0}} | Tenant team-a: maxSeries: 0",
        "overrides: {team-a: {max_query_series: x}} | Tenant team-a: max_query_series: 'x'",
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
      assertThat(overrides.of(A).defaultMaxNodes()).isEqualTo(50);
    }
  }
}
