/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.keep;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.sink.LakeTable;
import io.flamelake.flink.source.SegmentLogLocation;
import io.flamelake.segment.Lane;
import io.flamelake.segment.SegmentId;
import io.flamelake.testkit.S3Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables and segments in a bucket, against a real S3 server in this process. */
class S3KeepingTest {

  private static final String ODD_TENANT = "it's (odd)* %2F+";

  @TempDir private Path directory;
  private S3Server server;
  private KeptLake lake;

  @BeforeEach
  void startServer() throws Exception {
    server = S3Server.start();
    SegmentLogLocation log = new SegmentLogLocation(server.uri("objects"), server.properties());
    Map<String, String> properties = new TreeMap<>(server.properties());
    properties.put("type", "jdbc");
    properties.put("uri", "jdbc:sqlite:" + directory.resolve("catalog.db"));
    properties.put("warehouse", server.uri("warehouse"));
    lake = new KeptLake(directory, CatalogConfig.of(properties), log, Duration.ofMinutes(20));
  }

  @AfterEach
  void stopServer() throws Exception {
    lake.close();
    server.close();
  }

  @Test
  void keepsWhatIsReferredToAndLeavesNothingElse() throws Exception {
    Lane lane = lake.openLane(Duration.ofDays(30));
    SegmentId first = lake.appendSegment(lane);
    SegmentId second = lake.appendSegment(lane);
    MaintenanceContext dead = lake.newRun();
    dead.commit().claim(lake.table(LakeTable.PROFILES));
    DataFile kept = write(KeptLake.nameOf(dead.run()), "a");
    DataFile dropped = write(KeptLake.ingestName(), "b");
    DataFile orphan = write(KeptLake.nameOf(dead.run()), "c");
    lake.commit(LakeTable.PROFILES, List.of(kept, dropped), lane.id(), second.sequence());
    Table profiles = lake.table(LakeTable.PROFILES);
    profiles.newDelete().deleteFile(dropped).commit();

    MaintenanceContext later = lake.newRun(Duration.ofHours(2));
    KeptLake.run(new OrphanRemovalPlanner(), later);
    assertThat(lake.files(LakeTable.PROFILES))
        .contains(kept.location(), dropped.location())
        .doesNotContain(orphan.location());
    KeptLake.run(new SnapshotExpiryPlanner(), later);
    assertThat(lake.files(LakeTable.PROFILES))
        .contains(kept.location())
        .doesNotContain(dropped.location());
    profiles.refresh();
    assertThat(lake.lines(LakeTable.PROFILES, profiles.currentSnapshot().snapshotId()))
        .containsExactly("a");
    assertThat(lake.orphans(LakeTable.PROFILES)).isEmpty();

    KeptLake.run(new SegmentRemovalPlanner(), later);
    assertThat(lake.store().exists(first.key())).isFalse();
    assertThat(lake.log().segmentsAfter(lane.id(), second.sequence())).hasSize(1);
  }

  private DataFile write(String name, String line) throws Exception {
    return lake.write(LakeTable.PROFILES, name, ODD_TENANT, KeptLake.HOUR, List.of(line));
  }
}
