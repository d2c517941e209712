/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Flamelake server in a process of its own, started from the distribution that {@code mvn
 * package} made. Only a real process can be killed.
 */
final class FlamelakeProcess implements AutoCloseable {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  /** Alone it takes 4 s; on a machine with much else to do, minutes. */
  private static final Duration READY_TIMEOUT = Duration.ofMinutes(5);

  private static final long PAGE_BYTES = 4096;

  private static final Duration STOP_TIMEOUT = Duration.ofMinutes(2);

  private final Path storage;
  private final int port;
  private final List<String> command;
  private final Path log;
  private Process process;

  private FlamelakeProcess(Path storage, int port, List<String> command) {
    this.storage = storage;
    this.port = port;
    this.command = command;
    this.log = storage.resolveSibling(storage.getFileName() + ".log");
    this.process = launch();
  }

  /** Starts a server on a free port, without self-profiling, and waits until it is ready. */
  static FlamelakeProcess start(Path storage, String... arguments) {
    return startOn(freePort(), storage, arguments);
  }

  /** As {@link #start(Path, String...)}, on a port that others were told of before. */
  static FlamelakeProcess startOn(int port, Path storage, String... arguments) {
    List<String> command = new ArrayList<>(java());
    command.add("-self-profiling.disable-push=true");
    command.addAll(List.of(arguments));
    return start(storage, port, command);
  }

  /** The command line of the distribution's main class, as far as its arguments. */
  static List<String> java() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx640m");
    command.addAll(List.of(requireNonNull(System.getProperty("flamelake.flags")).split(" +", -1)));
    Path lib = distribution().resolve("lib");
    command.addAll(List.of("-cp", lib + "/*", "io.flamelake.server.Flamelake"));
    return command;
  }

  /** Starts a server on a free port by {@code bin/flamelake}, and waits until it is ready. */
  static FlamelakeProcess startLauncher(Path storage, String... arguments) {
    distribution();
    return start(storage, freePort(), FlamelakeLauncher.command(List.of(arguments)));
  }

  private static FlamelakeProcess start(Path storage, int port, List<String> command) {
    FlamelakeProcess server = new FlamelakeProcess(storage, port, command);
    server.awaitReady();
    return server;
  }

  private Process launch() {
    List<String> complete = new ArrayList<>(command);
    complete.add("-storage.path=" + storage);
    complete.add("-server.http-listen-port=" + port);
    ProcessBuilder builder =
        new ProcessBuilder(complete)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(FlamelakeLauncher.environment());
    try {
      Files.createDirectories(storage);
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path distribution() {
    Path dir = Path.of(requireNonNull(System.getProperty("flamelake.distribution")));
    if (!Files.isDirectory(dir.resolve("lib"))) {
      throw new IllegalStateException(
          "No distribution in " + dir + ": run mvn package before the integration tests");
    }

    return dir;
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path storage() {
    return storage;
  }

  int port() {
    return port;
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /** What the process printed so far. */
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void awaitReady() {
    long deadline = System.nanoTime() + READY_TIMEOUT.toNanos();
    while (System.nanoTime() < deadline) {
      if (!process.isAlive()) {
        throw new IllegalStateException("Server ended with " + process.exitValue() + "\n" + log());
      }

      if (isReady()) {
        return;
      }

      sleep(50);
    }

    throw new IllegalStateException("Server was not ready within " + READY_TIMEOUT + "\n" + log());
  }

  private boolean isReady() {
    try {
      return HTTP.send(
                  HttpRequest.newBuilder(uri("/ready")).timeout(Duration.ofSeconds(2)).build(),
                  BodyHandlers.ofString())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for the server", e);
    }
  }

  /** The memory of the process that is resident now, in bytes. */
  long residentBytes() {
    try {
      // In pages: all of the address space, then what of it is resident.
      String statm = Files.readString(Path.of("/proc", Long.toString(process.pid()), "statm"));
      return Long.parseLong(statm.split(" ", -1)[1]) * PAGE_BYTES;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** kill -9. */
  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** SIGTERM, then waits: the clean way to stop. Returns the exit status. */
  int terminate() {
    process.destroy();
    awaitEnd();
    return process.exitValue();
  }

  /** Starts the process again on the same storage and port and waits until it is ready. */
  void restart() {
    if (process.isAlive()) {
      throw new IllegalStateException("The server is still running");
    }

    process = launch();
    awaitReady();
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("Server did not end within " + STOP_TIMEOUT + "\n" + log());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for the server to end", e);
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }
}
