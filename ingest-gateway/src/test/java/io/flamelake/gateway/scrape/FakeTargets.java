/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.flamelake.gateway.TestProfiles;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** Programs that serve profiles, well or badly: one server, on every address of this machine. */
final class FakeTargets implements AutoCloseable {

  private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
  private final Server server;
  private final int port;

  /**
   * @param host the address that was asked, of which a machine has many
   */
  record Request(String host, RequestHeaders headers, long timeMillis) {
    String path() {
      return headers.path();
    }
  }

  FakeTargets() {
    this(builder -> builder.http(0));
  }

  FakeTargets(Consumer<ServerBuilder> customizer) {
    ServerBuilder builder = Server.builder();
    customizer.accept(builder);
    builder.requestTimeout(Duration.ZERO);
    builder.gracefulShutdownTimeout(Duration.ZERO, Duration.ZERO);
    builder.service("/ok", (ctx, request) -> profile(TestProfiles.cpu().toByteArray()));
    builder.service(
        "/gzipped", (ctx, request) -> profile(TestProfiles.gzip(TestProfiles.cpu().toByteArray())));
    builder.service(
        "/encoded",
        (ctx, request) ->
            encoded(TestProfiles.gzip(TestProfiles.gzip(TestProfiles.cpu().toByteArray()))));
    builder.service("/empty", (ctx, request) -> profile(new byte[0]));
    builder.service(
        "/garbage",
        (ctx, request) -> profile("<html>".repeat(50).getBytes(StandardCharsets.UTF_8)));
    builder.service("/hang", (ctx, request) -> HttpResponse.streaming());
    builder.service("/large", (ctx, request) -> profile(new byte[64 * 1024]));
    builder.service("/bomb", (ctx, request) -> encoded(TestProfiles.gzip(new byte[64 * 1024])));
    builder.service(
        "/error",
        (ctx, request) ->
            HttpResponse.of(
                HttpStatus.INTERNAL_SERVER_ERROR,
                MediaType.PLAIN_TEXT_UTF_8,
                "Could not enable CPU profiling"));
    builder.service("/moved", (ctx, request) -> HttpResponse.ofRedirect("/ok"));
    builder.decorator(this::record);
    this.server = builder.build();
    server.start().join();
    this.port = server.activeLocalPort();
  }

  private HttpResponse record(HttpService next, ServiceRequestContext ctx, HttpRequest request)
      throws Exception {
    requests.add(
        new Request(
            ctx.localAddress().getAddress().getHostAddress(),
            request.headers(),
            System.currentTimeMillis()));
    return next.serve(ctx, request);
  }

  private static HttpResponse profile(byte[] body) {
    return HttpResponse.of(HttpStatus.OK, MediaType.OCTET_STREAM, body);
  }

  private static HttpResponse encoded(byte[] body) {
    return HttpResponse.of(
        ResponseHeaders.of(HttpStatus.OK, HttpHeaderNames.CONTENT_ENCODING, "gzip"),
        HttpData.wrap(body));
  }

  int port() {
    return port;
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  long requestsTo(String path) {
    return requests.stream().filter(request -> request.path().startsWith(path)).count();
  }

  @Override
  public void close() {
    server.stop();
  }
}
