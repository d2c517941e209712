/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code go tool pprof} reads what Flamelake gives it, by the URL of docs/http-api.md and as a
 * file.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoToolPprofITCase {
  /** A line of {@code -raw}: one sample, its value and its locations. */
  private static final Pattern SAMPLE = Pattern.compile("(?m)^ +(\\d+): [\\d ]+$");

  private Path dir;
  private FlamelakeProcess server;
  private FlamelakeClient client;
  private ShopProfiles shop;

  @BeforeAll
  void start(@TempDir Path dir) {
    this.dir = dir;
    GoPrograms.assumeGo(dir);
    server = FlamelakeProcess.start(dir.resolve("data"));
    client = new FlamelakeClient(server, null);
    shop = ShopProfiles.push(client);
  }

  @AfterAll
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void readsTheUrl() {
    String url =
        server
            .uri(
                "/pyroscope/render?format=pprof&from=now-1h&query="
                    + URLEncoder.encode(CpuQueries.CPU + ShopProfiles.SELECTOR, UTF_8))
            .toString();
    expectAll(url);
  }

  @Test
  void readsTheBodyOfSelectMergeProfile() throws IOException {
    HttpResponse<byte[]> response =
        client.post(
            "/" + CpuQueries.SELECT_PROFILE,
            "application/proto",
            CpuQueries.profile(ShopProfiles.SELECTOR).build().toByteArray());
    Path file = Files.write(dir.resolve("merged.pb"), response.body());
    expectAll(file.toString());
  }

  private void expectAll(String source) {
    assertThat(
            SAMPLE
                .matcher(pprof("-raw", source))
                .results()
                .mapToLong(match -> Long.parseLong(match.group(1)))
                .sum())
        .as("sum of the samples of " + source)
        .isEqualTo(shop.total());
    String top = pprof("-top", "-unit=ns", "-nodecount=1000000", "-nodefraction=0", source);
    assertThat(top).contains("Type: cpu").contains("100% of " + shop.total() + "ns total");
    assertThat(top).containsPattern("(?m)^ +100ns .* 100ns .* query$");
  }

  /** What a command of pprof prints. */
  private String pprof(String... arguments) {
    List<String> command = new ArrayList<>(List.of("go", "tool", "pprof"));
    command.addAll(List.of(arguments));
    Path home = dir.resolve("pprof");
    FlamelakeLauncher.Result result =
        FlamelakeLauncher.run(
            dir, Duration.ofMinutes(3), Map.of("PPROF_TMPDIR", home.toString()), command);
    assertThat(result.status()).as("status of %s%n%s", command, result.err()).isZero();
    return result.out();
  }
}
