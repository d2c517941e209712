/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/** A real PostgreSQL in a process of its own, with an empty database on a free port. */
final class PostgresServer implements AutoCloseable {
  private static final Path INSTALLATIONS = Path.of("/usr/lib/postgresql");
  private static final long START_SECONDS = 120;

  private final Path programs;
  private final Path directory;
  private final int port;
  private Process process;

  private PostgresServer(Path programs, Path directory) throws IOException {
    this.programs = programs;
    this.directory = directory;
    this.port = freePort();
    run("initdb", "-D", directory + "/db", "-U", "lake", "--auth=trust", "--no-sync", "-E", "UTF8");
    this.process = launch();
  }

  /** Starts a server; where none is installed, the test is skipped. */
  static PostgresServer start() throws IOException, SQLException {
    Path programs = findPrograms();
    if (programs == null) {
      throw new TestAbortedException("No PostgreSQL in " + INSTALLATIONS);
    }

    // Not below a @TempDir, which only its owner may enter.
    Path directory =
        Files.createTempDirectory(
            "flamelake-postgres-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    if (isRoot()) {
      await(new ProcessBuilder("chown", "nobody", directory.toString()).start());
    }

    PostgresServer server = new PostgresServer(programs, directory);
    server.awaitReady();
    return server;
  }

  String uri() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=lake";
  }

  /** Ends it at once, as a crash would, and starts it again. */
  void restart() throws IOException, SQLException {
    process.destroyForcibly();
    await(process);
    Files.deleteIfExists(directory.resolve("db").resolve("postmaster.pid"));
    process = launch();
    awaitReady();
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    await(process);
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private Process launch() throws IOException {
    return builder(
            "postgres",
            "-D",
            directory + "/db",
            "-p",
            Integer.toString(port),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
            "-c",
            "fsync=off")
        .start();
  }

  private void run(String... command) throws IOException {
    if (await(builder(command).start()) != 0) {
      throw new IllegalStateException(Files.readString(log()));
    }
  }

  /** PostgreSQL refuses to be root. */
  private ProcessBuilder builder(String... command) {
    List<String> complete = new ArrayList<>();
    if (isRoot()) {
      complete.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
    }

    complete.add(programs.resolve(command[0]).toString());
    complete.addAll(List.of(command).subList(1, command.length));
    return new ProcessBuilder(complete)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
  }

  private Path log() {
    return directory.resolve("log");
  }

  private void awaitReady() throws SQLException, IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (true) {
      try (Connection unused = DriverManager.getConnection(uri())) {
        return;
      } catch (SQLException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new SQLException(Files.readString(log()), e);
        }
      }

      pause();
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while PostgreSQL was starting", e);
    }
  }

  private static int await(Process process) {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for a process", e);
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static @Nullable Path findPrograms() {
    if (!Files.isDirectory(INSTALLATIONS)) {
      return null;
    }

    try (Stream<Path> versions = Files.list(INSTALLATIONS)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Comparator.naturalOrder())
          .orElse(null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
