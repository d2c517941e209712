/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A program in Go, {@code src/test/go/allocating}, that allocates what it is told to in two places,
 * knows how much that was, and has every allocation in its heap profile.
 */
final class AllocatingProgram implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Path executable;
  private final String address;
  private Process process;

  /** What was allocated in the two places. */
  record Allocated(long cartObjects, long cartBytes, long searchObjects, long searchBytes) {
    static final Allocated NOTHING = new Allocated(0, 0, 0, 0);

    Allocated plus(Allocated other) {
      return new Allocated(
          cartObjects + other.cartObjects,
          cartBytes + other.cartBytes,
          searchObjects + other.searchObjects,
          searchBytes + other.searchBytes);
    }

    Allocated minus(Allocated other) {
      return plus(
          new Allocated(
              -other.cartObjects, -other.cartBytes, -other.searchObjects, -other.searchBytes));
    }
  }

  private AllocatingProgram(Path executable, String address) throws IOException {
    this.executable = executable;
    this.address = address;
    this.process = launch();
  }

  /** Builds and starts the program; the test is skipped where there is no Go. */
  static AllocatingProgram start(Path scratch) throws IOException {
    Path executable = GoPrograms.build("allocating", scratch);
    return new AllocatingProgram(executable, "127.0.0.1:" + FlamelakeProcess.freePort());
  }

  private Process launch() throws IOException {
    Process launched =
        new ProcessBuilder(executable.toString(), address)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out =
        new BufferedReader(
            new InputStreamReader(launched.getInputStream(), StandardCharsets.UTF_8));
    assertThat(out.readLine()).as("the program's first line").isEqualTo("ready");
    return launched;
  }

  /** {@code host:port}, the same after a restart. */
  String address() {
    return address;
  }

  /** What the process that runs now has allocated since it was started, as it says itself. */
  Allocated allocated() {
    long[] numbers = numbers("/allocated");
    return new Allocated(numbers[0], numbers[1], numbers[2], numbers[3]);
  }

  /** Allocates so many objects in each place, and returns what that was. */
  Allocated work(int cart, int search) {
    Allocated before = allocated();
    send("POST", "/work?cart=" + cart + "&search=" + search);
    return allocated().minus(before);
  }

  /** Waits until both profiles were read twice: the second reading began after this call. */
  void awaitReads() {
    long[] before = numbers("/reads");
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              long[] now = numbers("/reads");
              return now[0] >= before[0] + 2 && now[1] >= before[1] + 2;
            });
  }

  /** Has the program push its cumulative profile to a server, with these labels. */
  void push(FlamelakeProcess server, String tenant, Map<String, String> labels) {
    String query =
        labels.entrySet().stream()
            .map(label -> '&' + label.getKey() + '=' + encoded(label.getValue()))
            .collect(Collectors.joining());
    String url = encoded(server.uri("/" + PushRequests.METHOD).toString());
    send("POST", "/push?url=" + url + "&tenant=" + tenant + query);
  }

  /** Ends the process at once and starts another at the same address. */
  void restart() throws IOException {
    close();
    process = launch();
  }

  private long[] numbers(String path) {
    return Arrays.stream(send("GET", path).strip().split(" ", -1))
        .mapToLong(Long::parseLong)
        .toArray();
  }

  private String send(String method, String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + address + path))
            .method(method, BodyPublishers.noBody())
            .build();
    try {
      HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
      assertThat(response.statusCode()).as("%s: %s", path, response.body()).isEqualTo(200);
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
