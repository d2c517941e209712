/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.flamelake.testkit.ProfileSynthesizer;
import io.flamelake.testkit.TrinoCatalogs;
import io.flamelake.testkit.TrinoServer;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tables mean the same to whoever reads them: the API and five engines that know nothing of
 * Flamelake give the same answers, to the unit, and they are the sums of the pprofs that were
 * pushed. The profiles lie in three hours on two UTC days, and the job was started anew between, so
 * that symbols are in the tables twice.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FiveReadersITCase {
  private static final Instant MIDNIGHT =
      Instant.now().truncatedTo(ChronoUnit.DAYS).minus(1, ChronoUnit.DAYS);
  private static final Instant BEGINNING = MIDNIGHT.minus(2, ChronoUnit.HOURS);
  private static final Instant END = MIDNIGHT.plus(1, ChronoUnit.HOURS);
  private static final Duration HALF = Duration.ofSeconds(30);

  private static final ProfileSynthesizer ACME =
      ProfileSynthesizer.builder().seed(1).services(3).podsPerService(2).build();
  private static final ProfileSynthesizer BETA =
      ProfileSynthesizer.builder().seed(2).services(2).podsPerService(1).build();

  /** Cuts both bursts of profiles in two. */
  private static final TableQuestions QUESTIONS =
      new TableQuestions(
          "acme",
          ProfileSynthesizer.CPU,
          ACME.serviceName(1),
          MIDNIGHT.minus(1, ChronoUnit.HOURS),
          MIDNIGHT.plusSeconds(15));

  @TempDir private static Path dir;

  private final PushedFleet fleet = new PushedFleet();
  private FlamelakeProcess server;
  private TableAnswers expected;

  @BeforeAll
  void push() throws IOException {
    server =
        FlamelakeProcess.start(
            dir.resolve("data"),
            "-auth.multitenancy-enabled=true",
            "-gateway.limits.reject-older-than=0s",
            "-ingester.checkpoint-interval=1s");
    pushAround(MIDNIGHT.minus(1, ChronoUnit.HOURS));
    awaitCommit();
    restartWithoutState();
    pushAround(MIDNIGHT);
    awaitCommit();
    expected = fleet.answers(QUESTIONS);
    assertThat(expected.totals()).hasSize(8);
    assertThat(expected.stacks()).hasSizeGreaterThan(50);
    expectRowsOnTwoDays();
  }

  /** What happens when a job is started anew: it does not know which symbols it has written. */
  private void restartWithoutState() throws IOException {
    server.kill();
    try (Stream<Path> state = Files.walk(server.storage().resolve("flink"))) {
      state.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }

    server.restart();
  }

  private void pushAround(Instant time) {
    push("acme", ACME, time);
    push("beta", BETA, time);
  }

  private void push(String tenant, ProfileSynthesizer pods, Instant around) {
    fleet.push(
        new FlamelakeClient(server, tenant), tenant, pods, around.minus(HALF), around.plus(HALF));
  }

  private void awaitCommit() {
    try (OpenTables tables = OpenTables.of(server.storage())) {
      await()
          .atMost(Duration.ofMinutes(5))
          .pollInterval(Duration.ofMillis(500))
          .until(() -> tables.profiles().size() == fleet.rows());
    }
  }

  /** What would be counted twice by a join that takes every row of a stack. */
  private void expectRowsOnTwoDays() {
    Set<Object> days = new HashSet<>();
    Set<List<Object>> stacks = new HashSet<>();
    List<List<Object>> again = new ArrayList<>();
    try (OpenTables tables = OpenTables.of(server.storage())) {
      tables
          .stacks()
          .forEach(
              row -> {
                List<Object> identity =
                    Stream.of("tenant", "day", "service_name", "stack_id")
                        .map(row::getField)
                        .toList();
                days.add(row.getField("day"));
                if (!stacks.add(identity)) {
                  again.add(identity);
                }
              });
    }

    assertThat(days).hasSize(2);
    assertThat(again).as("stacks that are in the table twice").isNotEmpty();
  }

  @AfterAll
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void api() {
    expect(new ApiReader(server, List.of("acme", "beta"), BEGINNING, END).ask(QUESTIONS));
  }

  @Test
  void trino() throws SQLException {
    try (TrinoServer trino =
            TrinoServer.start(
                Map.of(
                    "flamelake",
                    TrinoCatalogs.withLocalFiles(TrinoCatalogs.rest(server.uri("/iceberg")))));
        Connection connection = trino.connect("flamelake", "flamelake")) {
      expect(new JdbcReader(connection, "trino", "profiles", "stacks").ask(QUESTIONS));
    }
  }

  /** DuckDB's extension for Iceberg is a download: it is given the files of the snapshot. */
  @Test
  void duckDb() throws SQLException {
    try (OpenTables tables = OpenTables.of(server.storage());
        Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute("SET TimeZone = 'UTC'");
      expect(
          new JdbcReader(
                  connection,
                  "duckdb",
                  readParquet(tables.profilesTable()),
                  readParquet(tables.stacksTable()))
              .ask(QUESTIONS));
    }
  }

  private static String readParquet(Table table) {
    List<String> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        assertThat(task.deletes()).as("deletes, which a reader of files does not see").isEmpty();
        files.add("'" + Path.of(URI.create(task.file().location())) + "'");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return "read_parquet([" + String.join(", ", files) + "], hive_partitioning = false)";
  }

  @Test
  void pyIceberg() throws IOException {
    PythonEnvironment python =
        PythonEnvironment.of("pyiceberg", dir, "pyiceberg==0.12.0", "pyarrow==26.0.1");
    expect(
        ProcessReader.create(dir.resolve("pyiceberg"), QUESTIONS, catalog())
            .ask(python.command(script("pyiceberg_reader.py"))));
  }

  @Test
  void flinkSql() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx800m");
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=error");
    command.addAll(List.of(requireNonNull(System.getProperty("flamelake.flags")).split(" +", -1)));
    command.addAll(List.of("-cp", flinkClassPath(), FlinkSqlReaderMain.class.getName()));
    expect(
        ProcessReader.create(dir.resolve("flink"), QUESTIONS, Map.of())
            .withFile("create.ddl", FlinkSqlReaderMain.createCatalog("flamelake", catalog()))
            .withSql("flink", QUESTIONS)
            .ask(command));
  }

  /** The server's libraries, with Iceberg's bundle for Flink in place of Iceberg and Hadoop. */
  private static String flinkClassPath() throws IOException {
    Path server = Path.of(requireNonNull(System.getProperty("flamelake.distribution")));
    List<String> jars = new ArrayList<>();
    jars.add(Path.of("target", "test-classes").toAbsolutePath().toString());
    jars.addAll(jars(Path.of("target", "readers", "flink"), ".*"));
    jars.addAll(
        jars(
            server.resolve("lib"),
            "(?!iceberg-|parquet-|hadoop-|armeria-|flink-jobs-|query-service-|server-).*"));
    return String.join(File.pathSeparator, jars);
  }

  private static List<String> jars(Path dir, String name) throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files
          .filter(file -> file.getFileName().toString().matches(name))
          .map(file -> file.toAbsolutePath().toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void spark() throws IOException {
    String jars = System.getProperty("flamelake.spark.jars", "");
    assumeTrue(!jars.isEmpty(), "Spark is 450 MB to download: run with -Pspark");
    PythonEnvironment python = PythonEnvironment.of("spark", dir, "pyspark==4.0.1");
    expect(
        ProcessReader.create(dir.resolve("spark"), QUESTIONS, catalog())
            .with("jars", jars)
            .withSql("spark", QUESTIONS)
            .ask(python.command(script("spark_reader.py"))));
  }

  /** The catalog that the server itself serves, as every reader but DuckDB takes it. */
  private Map<String, String> catalog() {
    return Map.of("type", "rest", "uri", server.uri("/iceberg").toString());
  }

  private static Path script(String name) {
    return Path.of("target", "test-classes", "readers", name).toAbsolutePath();
  }

  private void expect(TableAnswers answers) {
    assertThat(answers.totals()).as("totals").isEqualTo(expected.totals());
    assertThat(answers.stacks()).as("stacks").isEqualTo(expected.stacks());
    assertThat(answers.topFunctions()).as("top functions").isEqualTo(expected.topFunctions());
  }
}
