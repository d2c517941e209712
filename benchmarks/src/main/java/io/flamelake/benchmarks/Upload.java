/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;

/**
 * A request that brings profiles, made beforehand: sending it costs the load generator little.
 *
 * @param bytes what it brings, before any compression
 * @param samples values with a stack
 */
record Upload(RequestHeaders headers, HttpData body, long bytes, long samples) {

  HttpRequest request() {
    return HttpRequest.of(headers, body);
  }

  Upload ofTenant(String tenant) {
    return new Upload(
        headers.toBuilder().set("X-Scope-OrgID", tenant).build(), body, bytes, samples);
  }
}
