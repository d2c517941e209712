/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flamelake.model.ProfileType;
import io.flamelake.model.Selector;
import io.flamelake.model.TenantId;
import io.flamelake.query.BaseProfileStoreTest;
import io.flamelake.query.ProfileQuery;
import io.flamelake.query.ProfileSnapshot;
import io.flamelake.query.ProfileStore;
import io.flamelake.query.ProfileStoreException;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.QueryCancelledException;
import io.flamelake.query.QueryTooLargeException;
import io.flamelake.query.StackSums;
import io.flamelake.query.TestProfile;
import io.flamelake.query.TestProfiles;
import io.flamelake.query.TimeRange;
import io.flamelake.query.lake.FileLayout;
import io.flamelake.query.lake.LakeFixture;
import io.flamelake.testkit.TrinoCatalogs;
import io.flamelake.testkit.TrinoServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.iceberg.DataFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a real Trino, and what is special about asking another process. */
class TrinoProfileStoreITCase extends BaseProfileStoreTest {
  private static final TenantId TENANT = TestProfiles.TENANTS.get(0);
  private static final ProfileType TYPE = TestProfiles.TYPES.get(0);
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final QueryCancellation never = new QueryCancellation();
  private List<TestProfile> profiles = List.of();
  private @Nullable TrinoServer trino;
  private LakeFixture fixture;
  private LakeFixture changing;
  private TrinoProfileStore store;

  @BeforeAll
  void start(@TempDir Path directory) throws IOException {
    Path lake = directory.resolve("lake");
    Path other = directory.resolve("other");
    this.fixture = new LakeFixture(lake);
    this.changing = new LakeFixture(other);
    TestProfiles random = new TestProfiles(7);
    List<TestProfile> written = new ArrayList<>();
    for (FileLayout layout : List.of(FileLayout.FLAMELAKE, FileLayout.ICEBERG)) {
      List<TestProfile> part = random.profiles(300);
      fixture.append(part, layout);
      written.addAll(part);
    }

    this.profiles = written;
    this.trino =
        TrinoServer.start(
            Map.of(
                "lake", TrinoCatalogs.embedded(lake), "changing", TrinoCatalogs.embedded(other)));
    this.store = newStore(fixture, trino.jdbcUrl("lake", "flamelake"));
    store.check();
  }

  private static TrinoProfileStore newStore(LakeFixture fixture, String url) {
    return new TrinoProfileStore(
        fixture.tables(),
        TrinoConfig.builder(url).queryTimeout(PATIENCE).build(),
        new SimpleMeterRegistry());
  }

  @AfterAll
  void stop() {
    if (trino != null) {
      store.close();
      trino.close();
    }

    fixture.close();
    changing.close();
  }

  @Override
  protected ProfileStore store() {
    return store;
  }

  @Override
  protected List<TestProfile> profiles() {
    return profiles;
  }

  @Override
  protected int queries() {
    return Integer.getInteger("flamelake.trino.queries", 8);
  }

  @Test
  void readsOneVersionUntilAFileOfItIsGone() throws IOException {
    TestProfiles random = new TestProfiles(8);
    try (TrinoProfileStore changed = newStore(changing, url("changing"))) {
      changed.check();
      ProfileSnapshot empty = changed.pin();
      changing.append(random.profiles(100), FileLayout.FLAMELAKE);
      ProfileSnapshot first = changed.pin();
      long total = total(first);
      changing.append(random.profiles(100), FileLayout.FLAMELAKE);

      assertThat(total(empty)).isZero();
      assertThat(total(first)).isEqualTo(total).isNotZero();
      assertThat(total(changed.pin())).isGreaterThan(total);

      // Trino may keep what it has read, so files go that it has not read yet.
      changing.append(random.profiles(100), FileLayout.FLAMELAKE);
      for (DataFile file :
          changing
              .tables()
              .profiles()
              .currentSnapshot()
              .addedDataFiles(changing.tables().profiles().io())) {
        Files.delete(Path.of(file.location().replaceFirst("^file:(//)?", "")));
      }

      assertThat(total(first)).isEqualTo(total);
      assertThatThrownBy(() -> total(changed.pin()))
          .isInstanceOf(ProfileStoreException.class)
          .hasMessageContaining("could not sum stacks: Query failed (#")
          .hasMessageContaining(".parquet");
    }
  }

  private long total(ProfileSnapshot snapshot) {
    StackSums sums = new StackSums();
    snapshot.sumStacks(
        new ProfileQuery(TENANT, TYPE, Selector.ALL, TimeRange.ofMillis(0, Long.MAX_VALUE)),
        sums,
        never);
    return sums.total();
  }

  @Test
  void endsACancelledQueryInTrino() throws Exception {
    QueryCancellation cancellation = new QueryCancellation();
    try (TrinoClient client = newClient(TrinoConfig.builder(url("lake")))) {
      CompletableFuture<Void> query =
          CompletableFuture.runAsync(
              () ->
                  client.forEachRow(
                      TENANT,
                      "wait",
                      new Sql().append("SELECT count(*) FROM tpch.sf1000.lineitem WHERE tax = -1"),
                      cancellation,
                      row -> {}));
      await().atMost(PATIENCE).until(() -> states("lineitem").contains("RUNNING"));
      cancellation.cancel();

      assertThatThrownBy(query::join).hasCauseInstanceOf(QueryCancelledException.class);
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(states("lineitem")).containsExactly("USER_CANCELED"));
    }
  }

  /** States of the queries that have a text in them, or what they failed of. */
  private List<String> states(String text) throws SQLException {
    List<String> states = new ArrayList<>();
    try (Connection connection = server().connect("system", "runtime");
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT coalesce(error_code, state) FROM queries WHERE source = 'flamelake' AND"
                    + " query LIKE ?")) {
      statement.setString(1, "%" + text + "%");
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          states.add(rows.getString(1));
        }
      }
    }

    return states;
  }

  @Test
  void endsAQueryThatTakesTooLong() {
    try (TrinoClient client =
        newClient(TrinoConfig.builder(url("lake")).queryTimeout(Duration.ofSeconds(1)))) {
      assertThatThrownBy(
              () ->
                  count(
                      client,
                      new Sql()
                          .append("SELECT count(*) FROM tpch.sf1000.orders WHERE custkey = 0")))
          .isInstanceOf(ProfileStoreException.class)
          .hasMessageContaining("Query exceeded maximum time limit of 1.00s");
    }
  }

  @Test
  void takesAsManyIdsAsItSays() {
    Set<Long> wanted = new LinkedHashSet<>();
    for (int i = 0; i < profiles.size() / 2; i++) {
      wanted.add(profiles.get(i).labels().id());
    }

    long expected = profiles.stream().filter(p -> wanted.contains(p.labels().id())).count();
    for (long id = Long.MIN_VALUE; wanted.size() < Sql.MAX_IDS; id++) {
      wanted.add(id);
    }

    try (TrinoClient client = newClient(TrinoConfig.builder(url("lake")))) {
      assertThat(count(client, rows().andIdIn("series_id", wanted))).isEqualTo(expected);
      assertThat(count(client, rows().andIdNotIn("series_id", wanted)))
          .isEqualTo(profiles.size() - expected)
          .isNotZero();
    }
  }

  private static Sql rows() {
    return new Sql().append("SELECT count(*) FROM profiles WHERE true");
  }

  private static Sql orders() {
    return new Sql().append("SELECT count(*) FROM tpch.tiny.orders WHERE true");
  }

  @Test
  void refusesAStatementThatTrinoFindsTooLong() {
    try (TrinoClient client = newClient(TrinoConfig.builder(url("lake")))) {
      assertThatThrownBy(
              () ->
                  count(
                      client,
                      new Sql().append("SELECT length(").bind("x".repeat(1_000_000)).append(")")))
          .isInstanceOf(QueryTooLargeException.class);
    }
  }

  @Test
  void setsSessionProperties() {
    try (TrinoClient client =
        newClient(
            TrinoConfig.builder(url("lake")).sessionProperties(Map.of("no_such_property", "1")))) {
      assertThatThrownBy(() -> count(client, orders()))
          .isInstanceOf(ProfileStoreException.class)
          .hasMessageContaining("no_such_property");
    }
  }

  @Test
  void saysWhatIsWrong() {
    try (TrinoProfileStore elsewhere =
            newStore(fixture, "jdbc:trino://127.0.0.1:1/lake/flamelake");
        TrinoProfileStore noSchema = newStore(fixture, url("lake") + "x");
        TrinoProfileStore otherTables = newStore(fixture, url("changing"))) {
      assertThatThrownBy(elsewhere::check)
          .isInstanceOf(ProfileStoreException.class)
          .hasMessageContaining("Trino at jdbc:trino://127.0.0.1:1/lake/flamelake could not")
          .hasStackTraceContaining("Connection refused");
      assertThatThrownBy(noSchema::check)
          .isInstanceOf(ProfileStoreException.class)
          .hasMessageContaining("Schema 'flamelakex' does not exist");
      assertThatThrownBy(otherTables::check)
          .isInstanceOf(ProfileStoreException.class)
          .hasMessageContaining("snapshot ID does not exists");
    }
  }

  private static TrinoClient newClient(TrinoConfigBuilder config) {
    return new TrinoClient(config.build());
  }

  private long count(TrinoClient client, Sql sql) {
    long[] count = new long[1];
    client.forEachRow(TENANT, "count", sql, never, row -> count[0] = row.getLong(1));
    return count[0];
  }

  private TrinoServer server() {
    return requireNonNull(trino, "trino");
  }

  private String url(String catalog) {
    return server().jdbcUrl(catalog, "flamelake");
  }
}
