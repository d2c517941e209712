/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.flink.maintenance.TaskPlanner;
import io.flamelake.flink.maintenance.keep.ManifestRewritePlanner;
import io.flamelake.flink.maintenance.keep.OrphanRemovalPlanner;
import io.flamelake.flink.maintenance.keep.SnapshotExpiryPlanner;
import io.flamelake.flink.maintenance.rewrite.CompactionPlanner;
import io.flamelake.flink.maintenance.rollup.RollUpPlanner;
import io.flamelake.query.ProfileStore;
import io.flamelake.query.RandomQuestions;
import io.flamelake.query.TestProfile;
import io.flamelake.query.TestProfiles;
import io.flamelake.query.lake.FileLayout;
import io.flamelake.query.lake.LakeConfig;
import io.flamelake.query.lake.LakeFixture;
import io.flamelake.query.lake.LakeProfileStore;
import io.flamelake.query.trino.TrinoConfig;
import io.flamelake.query.trino.TrinoProfileStore;
import io.flamelake.testkit.TrinoCatalogs;
import io.flamelake.testkit.TrinoServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Random profiles in several commits, with maintenance in a random order between them: after each
 * step, questions of every kind are answered as by going through all profiles. A run is repeated by
 * its seed, {@code -Dflamelake.maintained.seed}, which it prints.
 */
class MaintainedLakeITCase {
  private static final Logger LOG = LoggerFactory.getLogger(MaintainedLakeITCase.class);
  private static final long SEED =
      Long.getLong("flamelake.maintained.seed", System.currentTimeMillis());

  private static final int COMMITS = 4;
  private static final int COMMITS_ON_TRINO =
      Integer.getInteger("flamelake.maintained.trino-commits", 2);
  private static final int PROFILES = 200;
  private static final int QUESTIONS = Integer.getInteger("flamelake.maintained.questions", 15);
  private static final int QUESTIONS_ON_TRINO =
      Integer.getInteger("flamelake.maintained.trino-questions", 2);
  private static final List<String> TABLES = List.of("profiles", "stacks", "series");

  /** Tomorrow, so that everything that may be removed is old enough. */
  private final Clock clock = Clock.offset(Clock.systemUTC(), Duration.ofDays(1));

  private final TestProfiles random = new TestProfiles(SEED);
  private final List<TestProfile> written = new ArrayList<>();
  private int fromRollUps;

  /** Something that changes files, and no answer. */
  private interface Step {
    void run() throws Exception;
  }

  @Test
  void answersAsBeforeInTheLakeEngine(@TempDir Path dir) throws Exception {
    try (LakeFixture lake = new LakeFixture(dir);
        LakeProfileStore store =
            new LakeProfileStore(
                lake.tables(), LakeConfig.of(2, 64 << 20), new SimpleMeterRegistry())) {
      run(lake, store, COMMITS, QUESTIONS, steps(dir));
    }
  }

  @Test
  void answersAsBeforeInTrino(@TempDir Path dir) throws Exception {
    try (LakeFixture lake = new LakeFixture(dir);
        TrinoServer trino = TrinoServer.start(Map.of("lake", TrinoCatalogs.embedded(dir)));
        TrinoProfileStore store =
            new TrinoProfileStore(
                lake.tables(),
                TrinoConfig.builder(trino.jdbcUrl("lake", "flamelake"))
                    .queryTimeout(Duration.ofMinutes(5))
                    .build(),
                new SimpleMeterRegistry());
        Connection connection = trino.connect("lake", "flamelake")) {
      List<Step> steps = new ArrayList<>(steps(dir));
      steps.add(() -> optimize(connection));
      run(lake, store, COMMITS_ON_TRINO, QUESTIONS_ON_TRINO, steps);
    }
  }

  private List<Step> steps(Path storage) {
    LakeMaintenance maintenance = new LakeMaintenance(storage, clock);
    List<TaskPlanner> planners =
        List.of(
            new CompactionPlanner(),
            new RollUpPlanner(),
            new SnapshotExpiryPlanner(),
            new ManifestRewritePlanner(),
            new OrphanRemovalPlanner());
    return planners.stream()
        .<Step>map(
            planner ->
                () ->
                    LOG.info(
                        "{}: {} tasks",
                        planner.getClass().getSimpleName(),
                        maintenance.run(planner)))
        .toList();
  }

  private static void optimize(Connection connection) {
    LOG.info("Trino optimizes");
    TABLES.forEach(
        table -> TrinoRows.execute(connection, "ALTER TABLE " + table + " EXECUTE optimize"));
  }

  private void run(
      LakeFixture lake, ProfileStore store, int commits, int questions, List<Step> steps)
      throws Exception {
    LOG.info("Seed {}", SEED);
    for (int commit = 0; commit < commits; commit++) {
      List<TestProfile> profiles = random.profiles(PROFILES);
      lake.append(profiles, FileLayout.FLAMELAKE);
      written.addAll(profiles);
      ask(lake, store, questions);
      List<Step> left = new ArrayList<>(steps);
      while (!left.isEmpty()) {
        left.remove(random.nextInt(left.size())).run();
        ask(lake, store, questions);
      }
    }

    assertThat(fromRollUps).as("answers from roll-ups").isPositive();
  }

  private void ask(LakeFixture lake, ProfileStore store, int questions) {
    RandomQuestions asked = new RandomQuestions(random, store, written);
    fromRollUps += asked.flameGraphs(lake.tables().profiles(), questions);
    asked.mergeStacks(questions);
    asked.resolveFrames(questions);
    asked.sumSeries(questions);
    asked.showProfiles(questions);
    asked.showSpans(questions);
    asked.collectSeries(questions);
  }
}
