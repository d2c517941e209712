/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MaintenanceClaimTest {
  private static final String EARLIER = "01J00000000000000000000001";
  private static final String RUN = "01J00000000000000000000002";
  private static final String LATER = "01J00000000000000000000003";
  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

  @Test
  void survivesTheWayThroughProperties() {
    MaintenanceClaim claim = new MaintenanceClaim(RUN, NOON);
    assertThat(claim.toProperties())
        .containsExactly(
            Map.entry("flamelake.maintenance.active-at", "2026-01-02T12:00:00Z"),
            Map.entry("flamelake.maintenance.run", RUN));
    assertThat(MaintenanceClaim.findIn(claim.toProperties())).isEqualTo(claim);
    assertThat(MaintenanceClaim.findIn(claim.released().toProperties()))
        .isEqualTo(claim.released());
    assertThat(MaintenanceClaim.findIn(Map.of("write.format.default", "parquet"))).isNull();
  }

  @Test
  void fencesEarlierRunsAndItsOwnOnceItIsReleased() {
    MaintenanceClaim claim = new MaintenanceClaim(RUN, NOON);
    assertThat(claim.fences(EARLIER)).isTrue();
    assertThat(claim.fences(RUN)).isFalse();
    assertThat(claim.fences(LATER)).isFalse();
    assertThat(claim.released().fences(EARLIER)).isTrue();
    assertThat(claim.released().fences(RUN)).isTrue();
    assertThat(claim.released().fences(LATER)).isFalse();
  }

  @Test
  void isActiveUntilItsRunWasSilentForLong() {
    MaintenanceClaim claim = new MaintenanceClaim(RUN, NOON);
    Duration hour = Duration.ofHours(1);
    assertThat(claim.isActive(NOON.plusSeconds(3599), hour)).isTrue();
    assertThat(claim.isActive(NOON.plusSeconds(3600), hour)).isFalse();
    assertThat(claim.released().isActive(NOON, hour)).isFalse();
  }

  @Test
  void refusesATimeThatIsNone() {
    Map<String, String> properties =
        Map.of(MaintenanceClaim.RUN_PROPERTY, RUN, MaintenanceClaim.ACTIVE_PROPERTY, "yesterday");
    assertThatThrownBy(() -> MaintenanceClaim.findIn(properties))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Table property flamelake.maintenance.active-at: yesterday"
                + " (expected: an instant in UTC)");
  }
}
