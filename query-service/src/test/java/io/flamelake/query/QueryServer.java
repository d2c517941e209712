/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.rpc.HttpDefaults;
import io.flamelake.segment.Lane;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.PayloadKind;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.SegmentRecordBuilder;
import io.flamelake.segment.SegmentWriter;
import io.flamelake.segment.store.InMemoryObjectStore;
import io.flamelake.segment.store.ObjectStore;
import io.flamelake.testkit.RecordRows;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A query service behind a real server, with a log to push to and tables to commit to. */
public final class QueryServer implements AutoCloseable {
  private static final String RPC = "/querier.v1.QuerierService/";

  private final ObjectStore objects = new InMemoryObjectStore();
  private final LakeCatalog catalog;
  private final Clock clock = Clock.systemUTC();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final QueryService service;
  private final Server server;
  private final Lane lane;

  public QueryServer(Path directory, QueryConfig config) {
    this(directory, config, tenant -> config.limits());
  }

  public QueryServer(Path directory, QueryConfig config, TenantQueryLimits limits) {
    this.catalog = LakeCatalog.open(CatalogConfig.embedded(directory));
    this.service = new QueryService(config, limits, catalog, objects, meters, clock);
    ServerBuilder sb = Server.builder().http(0);
    HttpDefaults.apply(sb, Duration.ofSeconds(30));
    service.configureServices(sb);
    this.server = sb.build();
    server.start().join();
    this.lane = Lane.open(objects, clock);
  }

  public ObjectStore objects() {
    return objects;
  }

  public LakeCatalog catalog() {
    return catalog;
  }

  public QueryService service() {
    return service;
  }

  public double metric(String name) {
    return meters.get(name).meter().measure().iterator().next().getValue();
  }

  public WebClient client() {
    return WebClient.of("http://127.0.0.1:" + server.activeLocalPort());
  }

  /** A profile whose id the server chose. */
  public static SegmentRecord record(LabelSet labels, byte[] pprof) {
    return record(labels, pprof, null);
  }

  /** A profile as the gateway stores it. */
  public static SegmentRecord record(LabelSet labels, byte[] pprof, @Nullable UUID clientId) {
    SegmentRecordBuilder record =
        SegmentRecord.builder()
            .labels(labels)
            .kind(PayloadKind.PPROF)
            .payload(pprof)
            .receiveTimeNanos(Clock.systemUTC().millis() * 1_000_000);
    return (clientId == null ? record.generatedId(UUID.randomUUID()) : record.clientId(clientId))
        .build();
  }

  /** Appends one segment with one tenant's profiles to the server's own lane. */
  public SegmentId push(TenantId tenant, SegmentRecord... records) {
    return push(lane, tenant, records);
  }

  /** Appends one segment with one tenant's profiles. */
  public static SegmentId push(Lane to, TenantId tenant, SegmentRecord... records) {
    SegmentWriter segment = new SegmentWriter();
    for (SegmentRecord record : records) {
      segment.add(tenant, record);
    }

    return to.append(segment.finish());
  }

  /** Moves everything that is in the log to the tables, without looking for duplicates. */
  public void commit() throws IOException {
    SegmentLog log = new SegmentLog(objects);
    LaneWatermarks watermarks = LaneWatermarks.of(catalog.tables().profiles());
    List<ProfileRow> rows = new ArrayList<>();
    Map<String, Long> sequences = new TreeMap<>();
    for (LaneId id : log.lanes()) {
      for (SegmentId segment : log.segmentsAfter(id, watermarks.sequence(id.value()))) {
        sequences.put(id.value(), segment.sequence());
        log.read(segment)
            .forEachRecord((tenant, record) -> rows.addAll(RecordRows.of(tenant, record)));
      }
    }

    new TableWriter(catalog.tables()).commit(rows, sequences);
  }

  /** Calls an rpc as Connect with JSON. */
  public AggregatedHttpResponse json(TenantId tenant, String method, String body) {
    return post(tenant, RPC + method, body);
  }

  /** Posts JSON. */
  public AggregatedHttpResponse post(TenantId tenant, String path, String body) {
    return client()
        .execute(
            headers(tenant, HttpMethod.POST, path).contentType(MediaType.JSON).build(),
            HttpData.ofUtf8(body))
        .aggregate()
        .join();
  }

  /** Calls an rpc as Connect with JSON; an answer that is no 200 is an error. */
  @SuppressWarnings("unchecked")
  public <T extends Message> T call(TenantId tenant, String method, Message request, T prototype) {
    try {
      AggregatedHttpResponse response = json(tenant, method, JsonFormat.printer().print(request));
      if (response.status().code() != 200) {
        throw new IllegalStateException(response.status() + " " + response.contentUtf8());
      }

      Message.Builder builder = prototype.newBuilderForType();
      JsonFormat.parser().merge(response.contentUtf8(), builder);
      return (T) builder.build();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  public AggregatedHttpResponse get(TenantId tenant, String path) {
    return client().execute(headers(tenant, HttpMethod.GET, path).build()).aggregate().join();
  }

  public static RequestHeadersBuilder headers(TenantId tenant, HttpMethod method, String path) {
    return RequestHeaders.builder(method, path).set("x-scope-orgid", tenant.value());
  }

  @Override
  public void close() {
    server.stop().join();
    service.close();
    catalog.close();
  }
}
