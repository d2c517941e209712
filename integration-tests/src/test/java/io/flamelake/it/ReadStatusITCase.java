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
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case of the status matrix of the read API: {@code read-status/cases.txt}. */
class ReadStatusITCase extends BaseServerITCase {
  @BeforeAll
  void push() {
    byte[] pprof = TestProfiles.tinyCpu(Instant.now());
    client.call(
        PushRequests.METHOD,
        PushRequests.of(
            PushRequests.cpu(ReadStatusCase.PUSHED_SERVICE, PushRequests.sample(pprof))),
        PushResponse.getDefaultInstance());
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
