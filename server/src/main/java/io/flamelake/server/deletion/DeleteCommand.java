/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.deletion;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * {@code flamelake delete}: asks a running server what a deletion would remove, orders it, and
 * waits for it.
 */
public final class DeleteCommand {
  private static final int EXIT_FAILURE = 1;
  private static final int EXIT_USAGE = 2;
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);
  private static final Duration MAX_ANSWER = Duration.ofMinutes(10);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> SWITCHES = Set.of("all", "yes", "wait");
  private static final Set<String> VALUES =
      Set.of("url", "tenant", "selector", "profile-type", "from", "to");

  private static final String USAGE =
      """
      Usage: flamelake delete -selector='{service_name="x"}' [-from=…] [-to=…] [-yes] [-wait]
        -selector=…      what to delete, as in queries
        -all             everything of the tenant, in place of a selector
        -profile-type=…  of one profile type only
        -from=…, -to=…   of a range of time: now-7d, 1767225600, 2026-01-01T00:00:00Z
        -yes             does it; without it, only counts what would be deleted
        -wait            returns when the last byte is gone, and tells of each step
        -tenant=…        whose data (default: anonymous)
        -url=…           of the server (default: http://localhost:4040)
      """;

  private final PrintStream out;
  private final PrintStream err;
  private final HttpClient http = HttpClient.newHttpClient();

  public DeleteCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Does what the arguments after {@code delete} say, and returns the exit status. */
  public int run(String... arguments) {
    Map<String, String> flags;
    try {
      flags = parse(arguments);
    } catch (IllegalArgumentException e) {
      err.println("flamelake: " + e.getMessage());
      err.print(USAGE);
      return EXIT_USAGE;
    }

    try {
      return flags.containsKey("yes") ? delete(flags) : estimate(flags);
    } catch (IOException e) {
      err.println("flamelake: " + url(flags) + ": " + e);
      return EXIT_FAILURE;
    } catch (RefusedException e) {
      err.println("flamelake: " + e.getMessage());
      return EXIT_FAILURE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return EXIT_FAILURE;
    }
  }

  private static Map<String, String> parse(String... arguments) {
    Map<String, String> flags = new LinkedHashMap<>();
    for (String argument : arguments) {
      String flag = argument.replaceFirst("^--?", "");
      int equals = flag.indexOf('=');
      String name = equals < 0 ? flag : flag.substring(0, equals);
      boolean isKnown = equals < 0 ? SWITCHES.contains(name) : VALUES.contains(name);
      if (!argument.startsWith("-") || !isKnown) {
        throw new IllegalArgumentException("Unexpected argument '" + argument + "'");
      }

      flags.put(name, equals < 0 ? "true" : flag.substring(equals + 1));
    }

    if (flags.containsKey("selector") == flags.containsKey("all")) {
      throw new IllegalArgumentException("Expected a -selector, or -all");
    }

    return flags;
  }

  private int estimate(Map<String, String> flags) throws IOException, InterruptedException {
    JsonNode estimate = post(flags, true);
    for (JsonNode service : estimate.path("services")) {
      out.printf(
          "%-40s %,15d rows %,15d profiles%n",
          service.path("service").asText(),
          service.path("rows").asLong(),
          service.path("profiles").asLong());
    }

    out.printf(
        "%,d rows in %,d hours, about %,d bytes%n",
        estimate.path("rows").asLong(),
        estimate.path("hours").asLong(),
        estimate.path("bytes").asLong());
    long segments = estimate.path("uncommittedSegments").asLong();
    if (segments > 0) {
      out.printf("Not counted: %,d segments that are not in the tables yet%n", segments);
    }

    out.println("Nothing was deleted. -yes does it");
    return 0;
  }

  private int delete(Map<String, String> flags) throws IOException, InterruptedException {
    JsonNode accepted = post(flags, false);
    String id = accepted.path("id").asText();
    out.println("Deletion " + id + " is accepted");
    String shown = "";
    JsonNode request = accepted;
    while (flags.containsKey("wait") && !request.path("state").asText().equals("done")) {
      Thread.sleep(POLL_INTERVAL.toMillis());
      request = send(flags, request(flags, "/" + id).GET().build());
      String text = describe(request);
      if (!text.equals(shown)) {
        out.println(text);
        shown = text;
      }
    }

    if (!flags.containsKey("wait")) {
      out.println(describe(request));
    }

    return 0;
  }

  private static String describe(JsonNode request) {
    StringBuilder text = new StringBuilder(request.path("state").asText());
    text.append(": %,d rows removed".formatted(request.path("rows").asLong()));
    if (request.path("state").asText().equals("accepted")) {
      text.append(
          ", %d of %d hours"
              .formatted(request.path("hoursDone").asInt(), request.path("hours").asInt()));
    }

    if (request.has("waitingFor")) {
      text.append("; next: ").append(request.path("waitingFor").asText());
    }

    if (request.has("expectedDoneAt")) {
      text.append("; expected to be done at ").append(request.path("expectedDoneAt").asText());
    }

    return text.toString();
  }

  private JsonNode post(Map<String, String> flags, boolean dryRun)
      throws IOException, InterruptedException {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("dry_run", Boolean.toString(dryRun));
    flags.forEach(
        (name, value) -> {
          if (!Set.of("url", "tenant", "yes", "wait").contains(name)) {
            form.put(name.replace('-', '_'), value);
          }
        });
    String body =
        form.entrySet().stream()
            .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), UTF_8))
            .collect(Collectors.joining("&"));
    return send(
        flags,
        request(flags, "")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private static HttpRequest.Builder request(Map<String, String> flags, String path) {
    return HttpRequest.newBuilder(URI.create(url(flags) + "/api/v1/delete" + path))
        .timeout(MAX_ANSWER)
        .header("X-Scope-OrgID", flags.getOrDefault("tenant", "anonymous"));
  }

  private static String url(Map<String, String> flags) {
    return flags.getOrDefault("url", "http://localhost:4040").replaceFirst("/+$", "");
  }

  private JsonNode send(Map<String, String> flags, HttpRequest request)
      throws IOException, InterruptedException {
    var response = http.send(request, BodyHandlers.ofString(UTF_8));
    if (response.statusCode() / 100 != 2) {
      throw new RefusedException(
          url(flags) + " answered " + response.statusCode() + ": " + response.body());
    }

    return JSON.readTree(response.body());
  }

  /** The server does not do what it was asked for. */
  private static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private RefusedException(String message) {
      super(message);
    }
  }
}
