/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import static io.flamelake.fuzz.Bounds.check;

import com.linecorp.armeria.client.BlockingWebClient;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.flamelake.gateway.Gateway;
import io.flamelake.gateway.GatewayConfig;
import io.flamelake.gateway.batch.SegmentBatcherConfig;
import io.flamelake.rpc.HttpDefaults;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;

/**
 * A whole gateway on a port of this machine, for decoders that only requests reach. What it stores
 * is read and checked before it is acknowledged, and then forgotten.
 */
final class FuzzGateway {

  private static final int MAX_BUFFER_BYTES = 64 << 20;
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(40);
  private static final int INTERNAL_SERVER_ERROR = 500;
  private static final int NOT_IMPLEMENTED = 501;

  /** Never closed: it lives as long as the process, which has no other use. */
  private static final FuzzGateway INSTANCE = new FuzzGateway();

  private final SegmentCheckingStore store = new SegmentCheckingStore();
  private final BlockingWebClient client;

  private FuzzGateway() {
    GatewayConfig defaults = GatewayConfig.defaults(false);
    GatewayConfig config =
        defaults
            .withMaxBufferBytes(MAX_BUFFER_BYTES)
            .withWorkers(1)
            .withSegment(SegmentBatcherConfig.defaults(false).withMaxDelay(Duration.ZERO))
            .withLimits(defaults.limits().withoutIngestionWindow());
    Gateway gateway = new Gateway(config, store, new SimpleMeterRegistry(), Clock.systemUTC());
    ServerBuilder sb = Server.builder().http(0);
    HttpDefaults.apply(sb, REQUEST_TIMEOUT);
    gateway.configureServices(sb);
    Server server = sb.build();
    server.start().join();
    this.client =
        WebClient.builder("h2c://127.0.0.1:" + server.activeLocalPort())
            .responseTimeout(REQUEST_TIMEOUT.plusSeconds(1))
            .build()
            .blocking();
  }

  /** Sends a request. Fails if the answer says that the server is at fault. */
  static AggregatedHttpResponse execute(RequestHeaders headers, byte[] body) {
    AggregatedHttpResponse response = INSTANCE.client.execute(headers, HttpData.copyOf(body));
    int status = response.status().code();
    check(
        status < INTERNAL_SERVER_ERROR || status == NOT_IMPLEMENTED,
        "%s answered %s: %s",
        headers,
        response.status(),
        response.contentUtf8());
    INSTANCE.store.checkStored();
    return response;
  }

  static RequestHeaders post(String path, String contentType) {
    return RequestHeaders.builder()
        .method(HttpMethod.POST)
        .path(path)
        .set(HttpHeaderNames.CONTENT_TYPE, contentType)
        .build();
  }
}
