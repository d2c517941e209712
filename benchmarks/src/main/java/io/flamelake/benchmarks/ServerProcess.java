/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
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

/** A server under measurement, started as users start it: through {@code bin/flamelake}. */
final class ServerProcess implements AutoCloseable {
  private static final double TICKS_PER_SECOND = 100;

  private final Process process;
  private final int port;
  private final Duration startTime;

  private ServerProcess(Process process, int port, Duration startTime) {
    this.process = process;
    this.port = port;
    this.startTime = startTime;
  }

  /** Starts a server and waits until it says that it is ready. */
  static ServerProcess start(Path storage, String... arguments)
      throws IOException, InterruptedException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }

    List<String> command = new ArrayList<>();
    command.add(Path.of("bin", "flamelake").toAbsolutePath().toString());
    command.add("-storage.path=" + storage);
    command.add("-server.http-listen-port=" + port);
    command.add("-self-profiling.disable-push=true");
    command.addAll(List.of(arguments));
    Files.createDirectories(storage);
    Path log = storage.resolveSibling(storage.getFileName() + ".log");
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    HttpClient http = HttpClient.newHttpClient();
    URI ready = URI.create("http://127.0.0.1:" + port + "/ready");
    while (true) {
      if (!process.isAlive()) {
        throw new IOException("The server ended:\n" + Files.readString(log, UTF_8));
      }

      try {
        HttpRequest request = HttpRequest.newBuilder(ready).timeout(Duration.ofSeconds(1)).build();
        if (http.send(request, BodyHandlers.discarding()).statusCode() == 200) {
          Duration startTime = Duration.ofNanos(System.nanoTime() - start);
          return new ServerProcess(process, port, startTime);
        }
      } catch (IOException notYet) {
        // Nobody listens yet.
      }

      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /** From the launch of the script to the first 200 of {@code /ready}. */
  Duration startTime() {
    return startTime;
  }

  /** CPU time of the process so far, in seconds. */
  double cpuSeconds() throws IOException {
    return cpuSeconds(process.pid());
  }

  /** CPU time of a process so far, in seconds. */
  static double cpuSeconds(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), UTF_8);
    // Fields after the command's closing parenthesis; user and system time are the 12th and 13th.
    List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
    return (Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12))) / TICKS_PER_SECOND;
  }

  /** The largest resident memory so far, in MiB. */
  long peakResidentMiB() throws IOException {
    return peakResidentMiB(process.pid());
  }

  /** The largest resident memory of a process so far, in MiB. */
  static long peakResidentMiB(long pid) throws IOException {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    for (String line : Files.readAllLines(status, UTF_8)) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
      }
    }

    throw new IOException("No VmHWM in " + status);
  }

  /** Stops the server as Ctrl-C does. */
  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
