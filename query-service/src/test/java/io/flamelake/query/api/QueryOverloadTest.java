/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.query.QueryConfig;
import io.flamelake.query.QueryServer;
import io.flamelake.query.QueryService;
import io.flamelake.query.async.AsyncQueryConfig;
import io.flamelake.rpc.HttpDefaults;
import io.flamelake.segment.Lane;
import io.flamelake.segment.store.InMemoryObjectStore;
import io.flamelake.segment.store.ObjectInfo;
import io.flamelake.testkit.ForwardingObjectStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queries that cannot go on: their store does not answer until the test lets it. */
class QueryOverloadTest {
  private static final TenantId BUSY = new TenantId("busy");
  private static final TenantId OTHER = new TenantId("other");

  @TempDir private Path directory;
  private final StuckStore objects = new StuckStore();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private WebClient client = WebClient.of();

  private void start(QueryConfig config) {
    Lane lane = Lane.open(objects, Clock.systemUTC());
    PushedProfile profile =
        PushedProfile.random(
            new Random(1),
            BUSY,
            LabelSet.of("service_name", "shop"),
            System.currentTimeMillis() - 1_000);
    QueryServer.push(lane, BUSY, profile.toRecord());
    LakeCatalog catalog = LakeCatalog.open(CatalogConfig.embedded(directory));
    opened.add(0, catalog);
    QueryService service =
        new QueryService(config, catalog, objects, new SimpleMeterRegistry(), Clock.systemUTC());
    opened.add(0, service);
    ServerBuilder sb = Server.builder().http(0);
    HttpDefaults.apply(sb, Duration.ofSeconds(30));
    service.configureServices(sb);
    Server server = sb.build();
    server.start().join();
    opened.add(0, server);
    client =
        WebClient.builder("http://127.0.0.1:" + server.activeLocalPort())
            .responseTimeout(Duration.ofMinutes(2))
            .build();
  }

  @AfterEach
  void close() throws Exception {
    objects.release.countDown();
    for (AutoCloseable component : opened) {
      component.close();
    }
  }

  private CompletableFuture<AggregatedHttpResponse> post(TenantId tenant, String fields) {
    long now = System.currentTimeMillis();
    String body =
        "{'profileTypeID':'process_cpu:cpu:nanoseconds:cpu:nanoseconds','labelSelector':'{}',"
            + "'start':"
            + (now - 60_000)
            + ",'end':"
            + now
            + fields
            + '}';
    return client
        .execute(
            QueryServer.headers(
                    tenant, HttpMethod.POST, "/querier.v1.QuerierService/SelectMergeStacktraces")
                .contentType(MediaType.JSON)
                .build(),
            HttpData.ofUtf8(body.replace('\'', '"')))
        .aggregate();
  }

  private static QueryConfig config(Duration requestTimeout, int maxPerTenant) {
    return QueryConfig.builder()
        .multitenancyEnabled(true)
        .requestTimeout(requestTimeout)
        .maxConcurrentQueries(4)
        .maxConcurrentQueriesPerTenant(maxPerTenant)
        .async(new AsyncQueryConfig(2, Duration.ofMinutes(10), Duration.ofHours(1)))
        .build();
  }

  @Test
  void refusesMoreQueriesOfOneTenantThanItMayHave() {
    start(config(Duration.ofMinutes(1), 2));
    objects.isStuck = true;
    List<CompletableFuture<AggregatedHttpResponse>> queries =
        List.of(post(BUSY, ""), post(BUSY, ""), post(BUSY, ""));

    AggregatedHttpResponse refused =
        (AggregatedHttpResponse)
            CompletableFuture.anyOf(queries.toArray(new CompletableFuture<?>[0])).join();
    assertThat(refused.status()).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
    assertThat(refused.headers().get("retry-after")).isEqualTo("1");
    assertThat(refused.contentUtf8()).contains("\"code\":\"resource_exhausted\"");

    objects.isStuck = false;
    objects.release.countDown();
    assertThat(queries.stream().map(answer -> answer.join().status()))
        .containsExactlyInAnyOrder(HttpStatus.OK, HttpStatus.OK, HttpStatus.TOO_MANY_REQUESTS);
    assertThat(post(OTHER, "").join().status()).isEqualTo(HttpStatus.OK);
    assertThat(post(BUSY, "").join().status()).isEqualTo(HttpStatus.OK);
  }

  @Test
  void endsAQueryWhoseTimeIsOverButNotAnAsynchronousOne() {
    start(config(Duration.ofSeconds(1), 64));
    objects.isStuck = true;
    AggregatedHttpResponse started = post(BUSY, ",'async':{'type':1}").join();
    assertThat(started.contentUtf8()).contains("IN_PROGRESS");

    AggregatedHttpResponse late = post(BUSY, "").join();
    assertThat(late.status()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
    assertThat(late.contentUtf8()).contains("The request took too long");

    objects.isStuck = false;
    objects.release.countDown();
    String id = started.contentUtf8().replaceAll(".*\"requestId\":\"([^\"]*)\".*", "$1");
    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                post(BUSY, ",'async':{'requestId':'" + id + "'}")
                    .join()
                    .contentUtf8()
                    .contains("ASYNC_QUERY_STATUS_SUCCESS"));
  }

  @Test
  void refusesMoreAsynchronousQueriesThanATenantMayHave() {
    start(config(Duration.ofMinutes(1), 64));
    objects.isStuck = true;
    for (int i = 0; i < 2; i++) {
      assertThat(post(BUSY, ",'async':{'type':1}").join().status()).isEqualTo(HttpStatus.OK);
    }

    AggregatedHttpResponse refused = post(BUSY, ",'async':{'type':1}").join();
    assertThat(refused.status()).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
    assertThat(refused.contentUtf8()).contains("\"code\":\"resource_exhausted\"");
  }

  /** An object store whose listings of the log wait. */
  private static final class StuckStore extends ForwardingObjectStore {
    private final CountDownLatch release = new CountDownLatch(1);
    private volatile boolean isStuck;

    private StuckStore() {
      super(new InMemoryObjectStore());
    }

    private void waitIfStuck() {
      if (isStuck) {
        try {
          release.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }

    @Override
    public List<ObjectInfo> list(String prefix, @Nullable String startAfter) {
      waitIfStuck();
      return super.list(prefix, startAfter);
    }

    @Override
    public List<String> listDirectories(String prefix) {
      waitIfStuck();
      return super.listDirectories(prefix);
    }
  }
}
