/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.proto.push.v1.PushResponse;
import io.flamelake.testkit.TestProfiles;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case of the status matrix of the read API: {@code read-status/cases.txt}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadStatusITCase {
  private FlamelakeProcess server;
  private FlamelakeClient client;

  @BeforeAll
  void start(@TempDir Path dir) {
    server = FlamelakeProcess.start(dir.resolve("data"));
    client = new FlamelakeClient(server, null);
    byte[] pprof = TestProfiles.tinyCpu(Instant.now());
    client.call(
        PushRequests.METHOD,
        PushRequests.of(
            PushRequests.cpu(ReadStatusCase.PUSHED_SERVICE, PushRequests.sample(pprof))),
        PushResponse.getDefaultInstance());
  }

  @AfterAll
  void stop() {
    server.close();
  }

  static Stream<ReadStatusCase> cases() {
    return ReadStatusCase.load().stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void answersWithTheStatusOfTheMatrix(ReadStatusCase readCase) {
    long now = System.currentTimeMillis();
    HttpResponse<byte[]> response =
        readCase.isRpc()
            ? client.send(
                readCase.method(),
                readCase.endpoint(),
                Map.of("Content-Type", readCase.contentType()),
                readCase.body(now).getBytes(UTF_8))
            : client.send(
                readCase.method(),
                readCase.endpoint() + readCase.queryString(),
                Map.of(),
                new byte[0]);
    String text = new String(response.body(), UTF_8);
    assertThat(response.statusCode()).as(text).isEqualTo(readCase.status());
    switch (readCase.status()) {
      case 400 -> assertThat(text).contains("\"code\":\"invalid_argument\"", "\"message\":");
      case 405 ->
          assertThat(response.headers().firstValue("allow"))
              .contains(readCase.isRpc() ? "POST" : "GET");
      case 415 -> assertThat(response.headers().firstValue("accept-post")).isPresent();
      default ->
          assertThat(response.headers().firstValue("content-type"))
              .hasValueSatisfying(
                  type -> assertThat(type).startsWith(readCase.successContentType()));
    }
  }
}
