/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Trino in a process of its own, on a free port of this machine: coordinator and worker in
 * one, without authentication.
 *
 * <p>The module that uses it needs {@code trino-jdbc} on its test class path, and {@code
 * sqlite-jdbc} for a catalog in SQLite; Trino is given the driver of the test. See the testkit's
 * README for the lines that a module's pom needs.
 */
public final class TrinoServer implements AutoCloseable {
  /** The tarball that Maven fetched. */
  private static final String TARBALL = "flamelake.trino.tarball";

  private static final String SKIP = "flamelake.trino.skip";
  private static final String USER = "flamelake-test";

  /** There in every server: small, needs no storage, and its scans need a worker. */
  private static final String PROBE_CATALOG = "tpch";

  private static final Duration START_TIMEOUT = Duration.ofMinutes(5);
  private static final Duration STOP_TIMEOUT = Duration.ofMinutes(2);
  private static final int LOG_TAIL = 60;

  // 128 + SIGKILL: what it was writing then is not complete.
  private static final int KILLED = 137;

  private static final Logger LOG = LoggerFactory.getLogger(TrinoServer.class);

  private final TrinoJava java;
  private final TrinoDistribution distribution;
  private final Path directory;
  private final int port;
  private final Process process;
  private final Thread endWithThisProcess;

  private TrinoServer(
      TrinoJava java,
      TrinoDistribution distribution,
      Map<String, Map<String, String>> catalogs,
      TrinoSettings settings)
      throws IOException {
    this.java = java;
    this.distribution = distribution;
    this.directory = Files.createTempDirectory("flamelake-trino-");
    this.port = freePort();
    writeConfiguration(catalogs, settings);
    linkPlugins();
    this.process = launch(settings);
    this.endWithThisProcess = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(endWithThisProcess);
  }

  /**
   * Starts a server for tests, and returns when it answers a query that scans a table. Takes 7 to
   * 15 s; the first one on a machine about a minute.
   *
   * @param catalogs the properties of each catalog by its name, as {@link TrinoCatalogs} makes
   *     them. A catalog {@code tpch} is always there
   * @throws TestAbortedException if the build is to do without Trino or there is no Java for it: in
   *     a test, that skips it
   */
  public static TrinoServer start(Map<String, Map<String, String>> catalogs) {
    return start(catalogs, TrinoSettings.forTests());
  }

  /** Starts a server with other settings than those for tests. */
  public static TrinoServer start(
      Map<String, Map<String, String>> catalogs, TrinoSettings settings) {
    String skip = System.getProperty(SKIP, "false");
    if (!skip.equals("false")) {
      throw skipped("-DskipTrino was given");
    }

    TrinoJava java =
        TrinoJava.find()
            .orElseThrow(
                () ->
                    skipped(
                        "it needs a JDK of version "
                            + TrinoJava.OLDEST
                            + " or later, which neither TRINO_JAVA_HOME nor /usr/lib/jvm,"
                            + " /opt/java or ~/.sdkman has"));
    try {
      TrinoServer server =
          new TrinoServer(java, TrinoDistribution.ofCache(tarball()), catalogs, settings);
      server.awaitReady();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start Trino", e);
    }
  }

  private static TestAbortedException skipped(String reason) {
    LOG.warn("Trino is not started: {}", reason);
    return new TestAbortedException("Trino is not started: " + reason);
  }

  private static Path tarball() {
    String configured = System.getProperty(TARBALL);
    if (configured != null) {
      return Path.of(configured);
    }

    String version = TrinoDistribution.VERSION;
    return Path.of(System.getProperty("user.home"), ".m2", "repository", "io", "trino")
        .resolve(Path.of("trino-server", version, "trino-server-" + version + ".tar.gz"));
  }

  /** The port of its HTTP interface, on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** The process id, to measure its memory by. */
  public long pid() {
    return process.pid();
  }

  /** The URL for Trino's JDBC driver, with a catalog and schema to resolve names in. */
  public String jdbcUrl(String catalog, String schema) {
    return "jdbc:trino://127.0.0.1:" + port + "/" + catalog + "/" + schema;
  }

  /** Opens a connection for queries whose names are resolved in a catalog and schema. */
  public Connection connect(String catalog, String schema) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", USER);
    return DriverManager.getConnection(jdbcUrl(catalog, schema), properties);
  }

  private void writeConfiguration(Map<String, Map<String, String>> catalogs, TrinoSettings settings)
      throws IOException {
    Map<String, String> config = new TreeMap<>();
    config.put("coordinator", "true");
    config.put("node-scheduler.include-coordinator", "true");
    config.put("http-server.http.port", Integer.toString(port));
    config.put("discovery.uri", "http://127.0.0.1:" + port);
    config.put("node.internal-address", "127.0.0.1");
    config.put("node.bind-ip", "127.0.0.1");
    config.put("catalog.management", "static");
    config.put("query.max-memory", settings.queryMegabytes() + "MB");
    config.put("query.max-memory-per-node", settings.queryMegabytes() + "MB");
    config.put("memory.heap-headroom-per-node", settings.headroomMegabytes() + "MB");
    write("etc/config.properties", config);
    write("etc/log.properties", Map.of("io.trino", "INFO"));

    write("etc/catalog/" + PROBE_CATALOG + ".properties", Map.of("connector.name", "tpch"));
    for (Map.Entry<String, Map<String, String>> catalog : catalogs.entrySet()) {
      write("etc/catalog/" + catalog.getKey() + ".properties", catalog.getValue());
    }
  }

  private void write(String name, Map<String, String> properties) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    List<String> lines = new ArrayList<>();
    new TreeMap<>(properties).forEach((key, value) -> lines.add(key + "=" + value));
    Files.write(file, lines);
  }

  /** Makes a directory of plugins of our own: Iceberg's is to have the SQLite driver in it. */
  private void linkPlugins() throws IOException {
    for (String plugin : TrinoDistribution.PLUGINS) {
      Path own = Files.createDirectories(directory.resolve("plugin").resolve(plugin));
      try (Stream<Path> jars =
          Files.list(distribution.directory().resolve("plugin").resolve(plugin))) {
        for (Path jar : jars.toList()) {
          Files.createSymbolicLink(own.resolve(jar.getFileName()), jar);
        }
      }
    }

    Path driver = sqliteDriver();
    if (driver != null) {
      Files.createSymbolicLink(
          directory.resolve("plugin").resolve("iceberg").resolve(driver.getFileName()), driver);
    }
  }

  private static @Nullable Path sqliteDriver() {
    try {
      return Path.of(
          Class.forName("org.sqlite.JDBC")
              .getProtectionDomain()
              .getCodeSource()
              .getLocation()
              .toURI());
    } catch (ClassNotFoundException e) {
      return null; // a test without a catalog in SQLite
    } catch (URISyntaxException e) {
      throw new IllegalStateException("The SQLite driver is not in a file", e);
    }
  }

  private Process launch(TrinoSettings settings) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(java.executable().toString());
    command.add("-Xmx" + settings.heapMegabytes() + "m");
    command.add("-XX:+UseG1GC");
    command.add("-XX:ReservedCodeCacheSize=256M");
    command.add("-Djdk.attach.allowAttachSelf=true");
    command.add("-Djdk.nio.maxCachedBufferSize=2000000");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    if (settings.quickStart()) {
      command.add("-XX:TieredStopAtLevel=1");
    }

    Path archive = distribution.classArchive(java.version());
    if (Files.exists(archive)) {
      command.add("-XX:SharedArchiveFile=" + archive);
    } else {
      command.add("-XX:ArchiveClassesAtExit=" + newClassArchive());
    }

    command.addAll(List.of("-cp", distribution.directory().resolve("lib") + "/*"));
    command.add("-Dnode.environment=test");
    command.add("-Dnode.id=test");
    command.add("-Dnode.data-dir=" + directory.resolve("data"));
    command.add("-Dplugin.dir=" + directory.resolve("plugin"));
    command.add("-Dcatalog.config-dir=" + directory.resolve("etc").resolve("catalog"));
    command.add("-Dconfig=" + directory.resolve("etc").resolve("config.properties"));
    command.add("-Dlog.levels-file=" + directory.resolve("etc").resolve("log.properties"));
    command.add("io.trino.server.TrinoServer");
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(log().toFile())
        .start();
  }

  private Path newClassArchive() {
    return directory.resolve("classes.jsa");
  }

  private Path log() {
    return directory.resolve("server.log");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Only a scan that needs a worker shows that one is there: {@code select 1} needs none. */
  private void awaitReady() {
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    String last = "no attempt";
    while (System.nanoTime() < deadline) {
      if (!process.isAlive()) {
        String log = logTail();
        close();
        throw new IllegalStateException("Trino ended with " + process.exitValue() + "\n" + log);
      }

      try {
        scan();
        LOG.info("Trino {} is ready on port {}", TrinoDistribution.VERSION, port);
        return;
      } catch (SQLException e) {
        last = String.valueOf(e.getMessage());
      }

      sleep();
    }

    String log = logTail();
    close();
    throw new IllegalStateException(
        "Trino was not ready within " + START_TIMEOUT + ": " + last + "\n" + log);
  }

  private void scan() throws SQLException {
    try (Connection connection = connect(PROBE_CATALOG, "tiny");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM nation")) {
      if (!rows.next() || rows.getLong(1) != 25) {
        throw new SQLException("The probe's table has not 25 rows");
      }
    }
  }

  private String logTail() {
    try {
      List<String> lines = Files.readAllLines(log());
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL), lines.size()));
    } catch (IOException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(250);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for Trino", e);
    }
  }

  /** Ends the process, and keeps the class archive that the first one leaves. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("Trino did not end within {}", STOP_TIMEOUT);
        process.destroyForcibly().waitFor();
      }

      Runtime.getRuntime().removeShutdownHook(endWithThisProcess);
      if (process.exitValue() != KILLED && Files.exists(newClassArchive())) {
        Path archive = distribution.classArchive(java.version());
        Path beside = archive.resolveSibling(archive.getFileName() + "-" + process.pid());
        Files.move(newClassArchive(), beside);
        Files.move(beside, archive, StandardCopyOption.ATOMIC_MOVE);
      }

      TrinoDistribution.deleteRecursively(directory);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot clean up after Trino in " + directory, e);
    }
  }
}
