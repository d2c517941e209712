/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.testing.junit5.server.ServerExtension;
import io.flamelake.model.TenantId;
import io.flamelake.query.ProfileStoreException;
import io.flamelake.query.QueryCancellation;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is sent to log in, seen by a server that lets nobody in. */
class TrinoLoginTest {
  private static final List<RequestHeaders> REQUESTS = new CopyOnWriteArrayList<>();

  @RegisterExtension
  static final ServerExtension SERVER =
      new ServerExtension() {
        @Override
        protected void configure(ServerBuilder sb) {
          sb.https(0).tlsSelfSigned();
          sb.service(
              "prefix:/",
              (ctx, request) -> {
                REQUESTS.add(request.headers());
                return HttpResponse.of(HttpStatus.UNAUTHORIZED);
              });
        }
      };

  @BeforeEach
  void forgetRequests() {
    REQUESTS.clear();
  }

  @Test
  void sendsThePassword() {
    assertRefused(builder(TrinoTls.Verification.NONE).user("ann").password("s3cret"));

    assertThat(REQUESTS)
        .extracting(headers -> headers.get(HttpHeaderNames.AUTHORIZATION))
        .contains(
            "Basic "
                + Base64.getEncoder()
                    .encodeToString("ann:s3cret".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void sendsTheAccessToken() {
    assertRefused(builder(TrinoTls.Verification.NONE).accessToken("e.y.J"));

    assertThat(REQUESTS)
        .extracting(headers -> headers.get(HttpHeaderNames.AUTHORIZATION))
        .contains("Bearer e.y.J");
  }

  @Test
  void saysWhoAsksAndForWhom() {
    assertRefused(builder(TrinoTls.Verification.NONE).password("x"));

    assertThat(REQUESTS.get(0).get("x-trino-source")).isEqualTo("flamelake");
    assertThat(REQUESTS.get(0).get("x-trino-client-info")).isEqualTo("tenant acme, sum stacks");
  }

  @Test
  void doesNotTalkToAServerThatItDoesNotTrust() {
    try (TrinoClient client =
        new TrinoClient(builder(TrinoTls.Verification.FULL).password("x").build())) {
      assertThatThrownBy(() -> ask(client))
          .isInstanceOf(ProfileStoreException.class)
          .hasStackTraceContaining("unable to find valid certification path");
    }

    assertThat(REQUESTS).isEmpty();
  }

  private static TrinoConfigBuilder builder(TrinoTls.Verification verification) {
    return TrinoConfig.builder("jdbc:trino://127.0.0.1:" + SERVER.httpsPort() + "/lake/flamelake")
        .tls(new TrinoTls(verification, null, null));
  }

  private static void assertRefused(TrinoConfigBuilder config) {
    try (TrinoClient client = new TrinoClient(config.build())) {
      assertThatThrownBy(() -> ask(client))
          .isInstanceOf(ProfileStoreException.class)
          .hasMessageContaining("could not sum stacks")
          .hasMessageContaining("Authentication failed");
    }
  }

  private static void ask(TrinoClient client) {
    client.forEachRow(
        new TenantId("acme"),
        "sum stacks",
        new Sql().append("SELECT 1"),
        new QueryCancellation(),
        row -> {});
  }
}
