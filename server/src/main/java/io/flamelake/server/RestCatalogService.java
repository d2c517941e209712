/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.flamelake.catalog.rest.RestCatalogProtocol;
import io.flamelake.catalog.rest.RestRequest;
import io.flamelake.catalog.rest.RestResponse;

/** The REST catalog on HTTP. */
final class RestCatalogService implements HttpService {
  private final String prefix;
  private final RestCatalogProtocol protocol;

  /**
   * @param prefix of all paths, without a slash at its end
   */
  RestCatalogService(String prefix, RestCatalogProtocol protocol) {
    this.prefix = requireNonNull(prefix, "prefix");
    this.protocol = requireNonNull(protocol, "protocol");
  }

  @Override
  public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
    return HttpResponse.of(
        request
            .aggregate()
            .thenApplyAsync(
                aggregated -> {
                  // A commit that has begun ends. Cut short, it would be answered by a 503, which
                  // clients take for leave to send it once more.
                  ctx.clearRequestTimeout();
                  return answer(aggregated);
                },
                ctx.blockingTaskExecutor()));
  }

  private HttpResponse answer(AggregatedHttpRequest request) {
    // As it was sent: an encoded slash is a part of a name.
    String target = request.path();
    int queryStart = target.indexOf('?');
    String path = queryStart < 0 ? target : target.substring(0, queryStart);
    String query = queryStart < 0 ? null : target.substring(queryStart + 1);
    RestResponse response =
        protocol.handle(
            new RestRequest(
                request.method().name(),
                path.startsWith(prefix) ? path.substring(prefix.length()) : path,
                query,
                request.content().array()));
    HttpStatus status = HttpStatus.valueOf(response.status());
    if (response.body().length == 0 || request.method() == HttpMethod.HEAD) {
      return HttpResponse.of(ResponseHeaders.of(status));
    }

    return HttpResponse.of(
        ResponseHeaders.of(status, HttpHeaderNames.CONTENT_TYPE, MediaType.JSON_UTF_8),
        HttpData.wrap(response.body()));
  }
}
