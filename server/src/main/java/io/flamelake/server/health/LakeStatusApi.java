/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.health;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServerBuilder;

/**
 * What operators look at: {@code GET /api/v1/status/lake} as JSON, {@code GET /admin/lake} as a
 * page. Belongs to no tenant and shows the sizes of all, as {@code /metrics} does.
 */
public final class LakeStatusApi {
  static final String JSON_PATH = "/api/v1/status/lake";
  static final String PAGE_PATH = "/admin/lake";

  private static final String PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'";

  private final HealthMonitor health;

  public LakeStatusApi(HealthMonitor health) {
    this.health = requireNonNull(health, "health");
  }

  /** Adds both paths to a server. */
  public void addTo(ServerBuilder builder) {
    builder.route().get(JSON_PATH).build((ctx, request) -> json());
    builder.route().get(PAGE_PATH).build((ctx, request) -> page());
  }

  private HttpResponse json() {
    LakeStatus status = health.status();
    return status == null ? notYet() : HttpResponse.ofJson(status);
  }

  private HttpResponse page() {
    LakeStatus status = health.status();
    if (status == null) {
      return notYet();
    }

    return HttpResponse.of(
        ResponseHeaders.builder(HttpStatus.OK)
            .contentType(MediaType.HTML_UTF_8)
            .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
            .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, PAGE_POLICY)
            .build(),
        HttpData.ofUtf8(new LakePage(status).html()));
  }

  private HttpResponse notYet() {
    String reason = String.join("\n", health.warnings());
    return HttpResponse.of(
        HttpStatus.SERVICE_UNAVAILABLE,
        MediaType.PLAIN_TEXT_UTF_8,
        reason.isEmpty() ? "The lake is being read for the first time" : reason);
  }
}
