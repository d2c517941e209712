/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.client.BlockingWebClient;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.flamelake.gateway.limits.TenantLimits;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.RawProfileSeries;
import io.flamelake.proto.push.v1.RawSample;
import io.flamelake.proto.types.v1.LabelPair;
import io.flamelake.rpc.HttpDefaults;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.Segment;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.store.ObjectStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A gateway behind a server on a free port, and a look at what it has stored. */
public final class TestGateway implements AutoCloseable {

  public static final String PUSH = "/push.v1.PusherService/Push";

  private final ObjectStore store;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Gateway gateway;
  private final Server server;

  public TestGateway(GatewayConfig config, ObjectStore store) {
    this(config, tenant -> config.limits(), store);
  }

  public TestGateway(GatewayConfig config, TenantLimits limits, ObjectStore store) {
    this(config, limits, store, Clock.systemUTC());
  }

  public TestGateway(GatewayConfig config, TenantLimits limits, ObjectStore store, Clock clock) {
    this.store = store;
    this.gateway = new Gateway(config, limits, store, registry, clock);
    ServerBuilder sb = Server.builder().http(0);
    HttpDefaults.apply(sb, Duration.ofSeconds(10));
    sb.gracefulShutdownTimeout(Duration.ZERO, Duration.ZERO);
    gateway.configureServices(sb);
    this.server = sb.build();
    server.start().join();
  }

  /** Defaults that are quick in tests. */
  public static GatewayConfig config() {
    return GatewayConfig.defaults(false).withMaxBufferBytes(64 << 20);
  }

  public BlockingWebClient client() {
    return WebClient.builder("h2c://127.0.0.1:" + server.activeLocalPort())
        .responseTimeoutMillis(30_000)
        .build()
        .blocking();
  }

  public int port() {
    return server.activeLocalPort();
  }

  public Gateway gateway() {
    return gateway;
  }

  public AggregatedHttpResponse push(RawProfileSeries... series) {
    return pushAs(null, series);
  }

  public AggregatedHttpResponse pushAs(@Nullable String tenant, RawProfileSeries... series) {
    RequestHeadersBuilder headers =
        RequestHeaders.builder(HttpMethod.POST, PUSH)
            .set(HttpHeaderNames.CONTENT_TYPE, "application/proto");
    if (tenant != null) {
      headers.set("X-Scope-OrgID", tenant);
    }

    PushRequest request = PushRequest.newBuilder().addAllSeries(List.of(series)).build();
    return client().execute(headers.build(), HttpData.wrap(request.toByteArray()));
  }

  public AggregatedHttpResponse post(String path, String contentType, byte[] body) {
    return client()
        .execute(
            RequestHeaders.of(HttpMethod.POST, path, HttpHeaderNames.CONTENT_TYPE, contentType),
            HttpData.wrap(body));
  }

  /** A series of one profile. */
  public static RawProfileSeries series(LabelSet labels, UUID id, byte[] profile) {
    RawProfileSeries.Builder series = RawProfileSeries.newBuilder();
    labels
        .labels()
        .forEach(
            label ->
                series.addLabels(
                    LabelPair.newBuilder().setName(label.name()).setValue(label.value())));
    return series
        .addSamples(
            RawSample.newBuilder().setID(id.toString()).setRawProfile(ByteString.copyFrom(profile)))
        .build();
  }

  public static RawProfileSeries series(byte[] profile) {
    return series(cpuLabels(), UUID.randomUUID(), profile);
  }

  public static LabelSet cpuLabels() {
    return LabelSet.of("__name__", "process_cpu", "service_name", "shop", "pod", "shop-1");
  }

  /** Everything in the log, by lane and sequence. */
  public List<Stored> stored() {
    SegmentLog log = new SegmentLog(store);
    List<Stored> stored = new ArrayList<>();
    for (LaneId lane : log.lanes()) {
      for (SegmentId id : log.segmentsAfter(lane, -1)) {
        Segment segment = log.read(id);
        if (!segment.isSeal()) {
          segment.forEachRecord((tenant, record) -> stored.add(new Stored(tenant, record)));
        }
      }
    }

    return stored;
  }

  /** For where there is one tenant. */
  public double discarded(String reason) {
    Counter counter =
        registry.find("flamelake.gateway.discarded.profiles").tag("reason", reason).counter();
    return counter == null ? 0 : counter.count();
  }

  public double discarded(String tenant, String reason) {
    Counter counter =
        registry
            .find("flamelake.gateway.discarded.profiles")
            .tag("tenant", tenant)
            .tag("reason", reason)
            .counter();
    return counter == null ? 0 : counter.count();
  }

  public double bufferBytes() {
    return registry.get("flamelake.gateway.buffer.used").gauge().value();
  }

  public double replacedLanes() {
    return registry.get("flamelake.gateway.lanes.replaced").counter().count();
  }

  /** Ends the gateway, then the server, as a process does. */
  @Override
  public void close() {
    gateway.close();
    // Not waited for: Netty takes two seconds to end its threads.
    server.stop();
  }

  public record Stored(TenantId tenant, SegmentRecord record) {}
}
