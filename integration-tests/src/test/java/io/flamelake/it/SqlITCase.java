/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flamelake.flink.maintenance.rollup.RollUpPlanner;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.PushResponse;
import io.flamelake.testkit.TrinoCatalogs;
import io.flamelake.testkit.TrinoServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every file of {@code sql/} on a real Trino, over tables that a real server wrote. Each result is
 * compared with what was pushed. All rows of {@code stacks} and {@code series} are there twice, as
 * after a restart of the job.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SqlITCase {
  private static final String CATALOG = "lake";
  private static final String TENANT = "shop";

  /** Before midnight, so that everything spans two days. */
  private static final LocalDate DAY = LocalDate.now(ZoneOffset.UTC).minusDays(2);

  private static final Instant START = DAY.atTime(22, 30).toInstant(ZoneOffset.UTC);
  private static final Instant FROM = at("22:46");
  private static final Instant TO = at("00:58");
  private static final Instant FROM_HOUR = at("23:00");
  private static final Instant TO_HOUR = at("00:00");

  /** Has a profile that comes when the roll-ups are made, so that those of its hour are stale. */
  private static final String LATE_TENANT = "bank";

  private static final Instant LATE_HOUR = START.truncatedTo(ChronoUnit.HOURS);

  private static final Map<String, Double> PRICES = Map.of("cart", 3600.5, "checkout", 1200.25);
  private static final List<FleetAnswers.Deployment> DEPLOYMENTS =
      List.of(
          new FleetAnswers.Deployment("cart", "v2", at("23:40")),
          new FleetAnswers.Deployment("checkout", "v2", at("00:06")),
          new FleetAnswers.Deployment("payments", "v9", at("22:40").minus(Duration.ofDays(3))));

  private static final String FUNCTION = "json.encode";

  private List<FleetProfile> profiles = List.of();
  private List<FleetProfile> early = List.of();
  private List<FleetProfile> late = List.of();
  private long earlySnapshot;
  private Map<String, Long> storedBytes = Map.of();
  private Map<String, Long> lateBytes = Map.of();

  private @Nullable TrinoServer trino;
  private @Nullable Connection connection;

  @BeforeAll
  void start(@TempDir Path dir) throws Exception {
    // Trino first: without a Java for it, nothing else is worth doing.
    Path storage = dir.resolve("data");
    TrinoServer server = TrinoServer.start(Map.of(CATALOG, TrinoCatalogs.embedded(storage)));
    trino = server;
    pushAndCommit(storage);

    Connection session = server.connect(CATALOG, "flamelake");
    connection = session;
    installViews(dir, server);
    SqlFile.in("examples").forEach(file -> TrinoRows.execute(session, file.statement()));
    for (FleetAnswers.Deployment deployment : DEPLOYMENTS) {
      TrinoRows.execute(
          session,
          "INSERT INTO flamelake_sql.deployments VALUES ('%s', '%s', %s)"
              .formatted(deployment.service(), deployment.version(), timestamp(deployment.at())));
    }

    PRICES.forEach(
        (service, price) ->
            TrinoRows.execute(
                session,
                "INSERT INTO flamelake_sql.prices VALUES ('%s', %s, 'EUR')"
                    .formatted(service, price)));
    TrinoRows.execute(session, "INSERT INTO stacks SELECT * FROM stacks");
    TrinoRows.execute(session, "INSERT INTO series SELECT * FROM series");
  }

  /** By the command that people use, with Trino's own client. */
  private static void installViews(Path scratch, TrinoServer server) throws IOException {
    Path client = Path.of(requireNonNull(System.getProperty("flamelake.trino.cli")));
    Files.setPosixFilePermissions(client, PosixFilePermissions.fromString("rwxr-xr-x"));
    FlamelakeLauncher.Result result =
        FlamelakeLauncher.run(
            scratch,
            Duration.ofMinutes(5),
            Map.of("TRINO", client.toString()),
            List.of(
                FlamelakeLauncher.root().resolve("sql/apply").toString(),
                "--server",
                "http://127.0.0.1:" + server.port(),
                "--catalog",
                CATALOG));
    assertThat(result.status()).as(result.err()).isZero();
  }

  @AfterAll
  void stop() throws SQLException {
    if (connection != null) {
      connection.close();
    }

    if (trino != null) {
      trino.close();
    }
  }

  private void pushAndCommit(Path storage) throws Exception {
    profiles = Fleet.profiles(START);
    late =
        profiles.stream()
            .filter(profile -> profile.tenant().equals(LATE_TENANT))
            .filter(profile -> profile.ts().truncatedTo(ChronoUnit.HOURS).equals(LATE_HOUR))
            .skip(1)
            .limit(1)
            .toList();
    List<FleetProfile> inTime = new ArrayList<>(profiles);
    inTime.removeAll(late);
    early = inTime.subList(0, inTime.size() * 2 / 3);
    try (FlamelakeProcess server =
        FlamelakeProcess.start(
            storage,
            "-auth.multitenancy-enabled=true",
            "-gateway.limits.reject-older-than=0",
            "-ingester.checkpoint-interval=1s",
            "-target=gateway,ingester,querier")) {
      try (OpenTables tables = OpenTables.of(storage)) {
        push(server, early);
        awaitRows(tables, early.size());
        earlySnapshot = tables.profilesTable().currentSnapshot().snapshotId();
        push(server, inTime.subList(early.size(), inTime.size()));
        awaitRows(tables, inTime.size());
        assertThat(new LakeMaintenance(storage, Clock.systemUTC()).run(new RollUpPlanner()))
            .isPositive();
        push(server, late);
        awaitRows(tables, profiles.size());
        storedBytes = storedBytes(tables.profilesTable(), FROM_HOUR, TO_HOUR);
        lateBytes = storedBytes(tables.profilesTable(), LATE_HOUR, LATE_HOUR);
      }
    }
  }

  private static void push(FlamelakeProcess server, List<FleetProfile> profiles) {
    profiles.stream()
        .collect(groupingBy(FleetProfile::tenant))
        .forEach(
            (tenant, own) -> {
              PushRequest.Builder request = PushRequest.newBuilder();
              own.forEach(profile -> request.addSeries(profile.toSeries()));
              new FlamelakeClient(server, tenant)
                  .call(PushRequests.METHOD, request.build(), PushResponse.getDefaultInstance());
            });
  }

  private static void awaitRows(OpenTables tables, int profiles) {
    await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () -> assertThat(tables.profiles()).hasSize(profiles * FleetProfile.TYPES.size()));
  }

  /**
   * The bytes of each tenant's files in the hours that are asked for, by Iceberg's own metadata.
   */
  private static Map<String, Long> storedBytes(Table table, Instant fromHour, Instant toHour) {
    Map<String, Long> bytes = new HashMap<>();
    try (CloseableIterable<FileScanTask> files = table.newScan().planFiles()) {
      for (FileScanTask task : files) {
        Instant hour =
            Instant.ofEpochSecond(
                Duration.ofHours(task.file().partition().get(1, Integer.class)).toSeconds());
        if (!hour.isBefore(fromHour) && !hour.isAfter(toHour)) {
          bytes.merge(
              task.file().partition().get(0, String.class),
              task.file().fileSizeInBytes(),
              Long::sum);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return bytes;
  }

  /** A question with its parameters, and its answer. */
  private record Question(Map<String, String> parameters, List<List<@Nullable Object>> answer) {}

  private Map<String, Question> questions() {
    FleetAnswers answers = new FleetAnswers(profiles, TENANT);
    Map<String, String> window =
        Map.of("tenant", text(TENANT), "from_ts", timestamp(FROM), "to_ts", timestamp(TO));
    Map<String, String> hours =
        Map.of(
            "tenant", text(TENANT),
            "from_hour", timestamp(FROM_HOUR),
            "to_hour", timestamp(TO_HOUR));
    Map<String, Question> questions = new TreeMap<>();
    questions.put("01_top_functions_by_self", new Question(window, answers.topBySelf(FROM, TO)));
    questions.put("02_top_functions_by_total", new Question(window, answers.topByTotal(FROM, TO)));
    questions.put(
        "03_cost_of_a_function_by_service",
        new Question(
            with(hours, "function", text(FUNCTION)),
            answers.costByService(FUNCTION, FROM_HOUR, TO_HOUR)));
    questions.put(
        "04_regression_between_releases",
        new Question(window, answers.regression("checkout", FROM, TO)));
    questions.put("05_diff_of_two_windows", diffOfTwoWindows(answers));
    Duration eachSide = Duration.ofMinutes(30);
    questions.put(
        "06_cost_of_deployments",
        new Question(
            with(window, "each_side", "INTERVAL '30' MINUTE"),
            answers.deployments(DEPLOYMENTS, eachSide, FROM, TO)));
    questions.put(
        "07_price_of_functions",
        new Question(hours, answers.prices(PRICES, "EUR", FROM_HOUR, TO_HOUR)));
    questions.put(
        "08_profile_at_a_snapshot",
        new Question(window, new FleetAnswers(early, TENANT).stacks("checkout", FROM, TO)));
    questions.put(
        "09_heaviest_tenants",
        new Question(without(hours, "tenant"), answers.tenants(storedBytes, FROM_HOUR, TO_HOUR)));
    questions.put(
        "10_label_cardinality",
        new Question(
            Map.of("tenant", text(TENANT), "from_day", date(DAY), "to_day", date(DAY)),
            answers.labels(DAY, DAY)));
    questions.put(
        "11_percentiles_of_profile_totals", new Question(window, answers.percentiles(FROM, TO)));
    questions.put(
        "12_who_calls",
        new Question(
            with(hours, "function", text(FUNCTION)),
            answers.callers(FUNCTION, FROM_HOUR, TO_HOUR)));
    questions.put(
        "13_what_it_calls",
        new Question(
            with(hours, "function", text(FUNCTION)),
            answers.callees(FUNCTION, FROM_HOUR, TO_HOUR)));
    String pattern = "^(gc|zip)\\.";
    questions.put(
        "14_cost_of_a_kind_of_work",
        new Question(with(window, "pattern", text(pattern)), answers.matching(pattern, FROM, TO)));
    Instant newSince = at("00:00");
    questions.put(
        "15_functions_never_seen_before",
        new Question(
            with(hours, "new_since", timestamp(newSince)),
            answers.newFunctions(FROM_HOUR, TO_HOUR, newSince)));
    questions.put("16_binaries_without_symbols", new Question(window, answers.hidden(FROM, TO)));
    questions.put("17_heaviest_traces", new Question(window, answers.traces(FROM, TO)));
    questions.putAll(questionsOfRollUps());
    return questions;
  }

  private Map<String, Question> questionsOfRollUps() {
    RollUpAnswers answers = new RollUpAnswers(profilesOf(TENANT));
    RollUpAnswers lateAnswers = new RollUpAnswers(profilesOf(LATE_TENANT));
    Instant lastHour = at("01:00");
    Map<String, String> days = Map.of("from_day", date(DAY), "to_day", date(DAY.plusDays(1)));
    Map<String, String> hours =
        Map.of("from_hour", timestamp(LATE_HOUR), "to_hour", timestamp(lastHour));
    return Map.of(
        "18_functions_of_a_month",
        new Question(
            with(days, "tenant", text(TENANT)), answers.functionsOfDays(DAY, DAY.plusDays(1))),
        "19_functions_with_callees_by_hour",
        new Question(
            with(hours, "tenant", text(TENANT)),
            answers.functionsByHour("checkout", LATE_HOUR, lastHour)),
        "20_cost_of_services",
        new Question(
            with(days, "tenant", text(LATE_TENANT)),
            lateAnswers.costOfServices(DAY.plusDays(1), DAY.plusDays(1))),
        "21_hours_without_roll_up",
        new Question(
            with(hours, "tenant", text(LATE_TENANT)),
            List.of(
                List.of(
                    LATE_HOUR,
                    lateAnswers.rows(LATE_HOUR),
                    requireNonNull(lateBytes.get(LATE_TENANT))))));
  }

  private List<FleetProfile> profilesOf(String tenant) {
    return profiles.stream().filter(profile -> profile.tenant().equals(tenant)).toList();
  }

  private Question question(SqlFile file) {
    Question question = questions().get(file.name());
    if (question == null) {
      throw new AssertionError("No expected answer for " + file);
    }

    return question;
  }

  private static Question diffOfTwoWindows(FleetAnswers answers) {
    return new Question(
        Map.of(
            "tenant", text(TENANT),
            "before_ts", timestamp(at("22:40")),
            "after_ts", timestamp(at("00:10")),
            "length", "INTERVAL '40' MINUTE"),
        answers.diff("checkout", at("22:40"), at("00:10"), Duration.ofMinutes(40)));
  }

  static Stream<SqlFile> questionFiles() {
    return SqlFile.in("questions").stream();
  }

  @ParameterizedTest
  @MethodSource("questionFiles")
  void answersAsSummedFromWhatWasPushed(SqlFile file) {
    Question question = question(file);
    TrinoRows.Result result = TrinoRows.query(connection(), statement(file, question));
    TrinoRows.expect(result.rows(), question.answer);
    keepForTheDocs(file, result);
  }

  /** docs/sql.md shows these. */
  private static void keepForTheDocs(SqlFile file, TrinoRows.Result result) {
    try {
      Path directory = Files.createDirectories(Path.of("target", "sql-answers"));
      Files.writeString(directory.resolve(file.name() + ".md"), result.toMarkdown());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As they are in the files, the parameters ask for the last hour, which has no profiles. */
  @ParameterizedTest
  @MethodSource("questionFiles")
  void runsWithItsOwnParameters(SqlFile file) {
    assertThat(TrinoRows.of(connection(), withSnapshot(file.statement()))).isEmpty();
  }

  /** Time and tenant are constants by which partitions are left out, also where a view is asked. */
  @ParameterizedTest
  @MethodSource("questionFiles")
  void readsOnlyThePartitionsThatItNeeds(SqlFile file) {
    Question question = question(file);
    String plan = explain(statement(file, question));
    assertThat(plan)
        .as(plan)
        .matches(
            text -> everyScanHas(text, "ts", "day"),
            "has a scan of a table without a limit in time");
    if (question.parameters.containsKey("tenant")) {
      assertThat(plan)
          .as(plan)
          .matches(text -> everyScanHas(text, "tenant"), "has a scan of all tenants");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "stacks",
        "series",
        "samples",
        "samples_with_frames",
        "stack_values",
        "top_functions",
        "callers",
        "callees",
        "flame_hours",
        "flame_days",
        "functions_by_day"
      })
  void readsOnlyThePartitionsThatAViewIsAskedFor(String view) {
    String plan =
        explain(
            "SELECT * FROM flamelake_sql.%s WHERE tenant = '%s' AND day = %s"
                .formatted(view, TENANT, date(DAY)));
    assertThat(plan)
        .as(plan)
        .matches(
            text -> everyScanHas(text, "ts", "day") && everyScanHas(text, "tenant"),
            "has a scan without limits");
  }

  /** Whether each scan of a table is limited by a constant, in one of some columns. */
  private static boolean everyScanHas(String plan, String... anyOf) {
    List<String> scans =
        plan.lines()
            .filter(line -> line.contains("[table = " + CATALOG + ":flamelake."))
            .filter(line -> !line.matches(".*\\$(partitions|entries|properties).*"))
            .map(line -> line.replaceAll("dynamicFilters = .*", ""))
            .toList();
    assertThat(scans).as("scans in %s", plan).isNotEmpty();
    String column = "\\b(" + String.join("|", anyOf) + ")";
    // The connector answers for a whole partition by itself, and filters where one is cut.
    Pattern limit =
        Pattern.compile(
            "constraint on \\[[^\\]]*"
                + column
                + "\\b|"
                + column
                + "(_\\d+)? (>=?|BETWEEN) timestamp");
    return scans.stream().allMatch(scan -> limit.matcher(scan).find());
  }

  private String explain(String sql) {
    return String.valueOf(TrinoRows.of(connection(), "EXPLAIN " + sql).get(0).get(0));
  }

  @Test
  void hasStacksAndSeriesTwiceInTheTablesAndOnceInTheViews() {
    FleetAnswers answers = new FleetAnswers(profiles, TENANT);
    expectInAnyOrder(
        "SELECT tenant, day, service_name, functions FROM flamelake_sql.stacks",
        answers.allStacks());
    expectInAnyOrder(
        "SELECT tenant, day, profile_type, service_name, labels FROM flamelake_sql.series",
        answers.allSeries());
    for (String table : List.of("stacks", "series")) {
      long once = count("flamelake_sql." + table);
      assertThat(count("flamelake." + table)).as(table).isGreaterThanOrEqualTo(2 * once);
    }
  }

  @Test
  void flattensSamples() {
    FleetAnswers answers = new FleetAnswers(profiles, TENANT);
    expectInAnyOrder(
        """
        SELECT tenant, ts, day, profile_type, service_name, labels, CAST(profile_id AS varchar),
          value, lower(to_hex(trace_id)), span_id IS NOT NULL
        FROM flamelake_sql.samples
        """,
        answers.allSamples());
    expectInAnyOrder(
        """
        SELECT tenant, ts, profile_type, service_name, CAST(profile_id AS varchar), value, functions
        FROM flamelake_sql.samples_with_frames
        """,
        answers.allSamplesWithFrames());
  }

  @Test
  void sumsFunctionsAndCalls() {
    FleetAnswers answers = new FleetAnswers(profiles, TENANT);
    String key = "SELECT tenant, day, hour, profile_type, service_name, ";
    expectInAnyOrder(
        key + "functions, sum(value) FROM flamelake_sql.stack_values GROUP BY 1, 2, 3, 4, 5, 6",
        answers.allStackValues());
    expectInAnyOrder(key + "function, total FROM flamelake_sql.top_functions", answers.allTotals());
    expectInAnyOrder(
        key + "function, self FROM flamelake_sql.top_functions WHERE self <> 0",
        answers.allSelfs());
    expectInAnyOrder(
        key + "function, caller, total FROM flamelake_sql.callers", answers.allCallers());
    expectInAnyOrder(
        key + "function, callee, total FROM flamelake_sql.callees", answers.allCallees());
  }

  @ParameterizedTest
  @MethodSource("tableFiles")
  void describesTheTablesAsTheyAre(SqlFile file) {
    String table = file.name().substring(file.name().indexOf('_') + 1);
    TrinoRows.execute(connection(), "CREATE SCHEMA IF NOT EXISTS described");
    TrinoRows.execute(
        connection(),
        file.statement().replace("CREATE TABLE flamelake.", "CREATE TABLE described."));
    assertThat(definition("described." + table)).isEqualTo(definition("flamelake." + table));
  }

  static Stream<SqlFile> tableFiles() {
    return SqlFile.in("tables").stream();
  }

  /** What Trino says of a table, without its name, its place and what only Trino sets. */
  private String definition(String table) {
    return String.valueOf(TrinoRows.of(connection(), "SHOW CREATE TABLE " + table).get(0).get(0))
        .replaceAll("CREATE TABLE \\S+", "CREATE TABLE")
        .replaceAll("(location|max_commit_retry) = [^,\\n]*,?", "")
        .replaceAll("\\s+", " ");
  }

  @Test
  void knowsEveryFile() {
    assertThat(SqlFile.in("questions").stream().map(SqlFile::name))
        .containsExactlyElementsOf(questions().keySet());
    assertThat(SqlFile.in("tables").stream().map(SqlFile::name))
        .containsExactly("01_profiles", "02_stacks", "03_series", "04_flame_1h", "05_flame_1d");
    assertThat(SqlFile.in("views").stream().map(SqlFile::name))
        .containsExactly(
            "00_schema",
            "01_stacks",
            "02_series",
            "03_samples",
            "04_samples_with_frames",
            "05_stack_values",
            "06_top_functions",
            "07_callers",
            "08_callees",
            "09_hours",
            "10_kept_days",
            "11_flame_hours",
            "12_flame_days",
            "13_functions_by_day");
    assertThat(SqlFile.in("examples").stream().map(SqlFile::name))
        .containsExactly("01_deployments", "02_prices");
    assertThat(FlamelakeLauncher.root().resolve("docs").resolve("sql.md"))
        .content()
        .contains(SqlFile.in("questions").stream().map(SqlFile::name).toList())
        .contains(SqlFile.in("examples").stream().map(SqlFile::name).toList());
  }

  private String statement(SqlFile file, Question question) {
    return withSnapshot(file.statement(question.parameters));
  }

  private String withSnapshot(String statement) {
    return statement.replaceAll("VERSION AS OF \\d+", "VERSION AS OF " + earlySnapshot);
  }

  private void expectInAnyOrder(String sql, List<List<@Nullable Object>> expected) {
    TrinoRows.expectInAnyOrder(TrinoRows.of(connection(), sql), expected);
  }

  private long count(String table) {
    return ((Number) TrinoRows.of(connection(), "SELECT count(*) FROM " + table).get(0).get(0))
        .longValue();
  }

  private Connection connection() {
    Connection open = connection;
    if (open == null) {
      throw new IllegalStateException("Not started");
    }

    return open;
  }

  /** The time of day, of the first day or, in the small hours, of the second. */
  private static Instant at(String time) {
    LocalTime local = LocalTime.parse(time);
    LocalDate day = local.getHour() < 12 ? DAY.plusDays(1) : DAY;
    return day.atTime(local).toInstant(ZoneOffset.UTC);
  }

  private static Map<String, String> with(Map<String, String> map, String name, String value) {
    Map<String, String> copy = new TreeMap<>(map);
    copy.put(name, value);
    return copy;
  }

  private static Map<String, String> without(Map<String, String> map, String name) {
    Map<String, String> copy = new TreeMap<>(map);
    copy.remove(name);
    return copy;
  }

  private static String text(String value) {
    return "'" + value + "'";
  }

  private static String timestamp(Instant instant) {
    return "TIMESTAMP '" + instant.toString().replace('T', ' ').replace("Z", " UTC") + "'";
  }

  private static String date(LocalDate date) {
    return "DATE '" + date + "'";
  }
}
