/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.InvalidProtocolBufferException;
import io.flamelake.model.TenantId;
import io.flamelake.proto.querier.v1.AsyncQueryRequest;
import io.flamelake.proto.querier.v1.AsyncQueryResponse;
import io.flamelake.proto.querier.v1.AsyncQueryStatus;
import io.flamelake.proto.querier.v1.AsyncQueryType;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesResponse;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.async.AsyncAnswer;
import io.flamelake.query.async.AsyncQueries;
import io.flamelake.query.async.AsyncQueryException;
import io.flamelake.query.async.TooManyAsyncQueriesException;
import io.flamelake.rpc.RpcCode;
import io.flamelake.rpc.RpcException;
import java.util.Collection;
import java.util.function.Function;

/** The asynchronous side of {@code SelectMergeStacktraces}. */
final class AsyncStacktraces {
  private final AsyncQueries queries;

  AsyncStacktraces(AsyncQueries queries) {
    this.queries = requireNonNull(queries, "queries");
  }

  /** Whether a request starts a query, or asks for the answer of one. */
  static boolean isAsync(AsyncQueryRequest request) {
    return request.getType() == AsyncQueryType.ASYNC_QUERY_TYPE_FORCE || isPoll(request);
  }

  /** Whether a request asks for the answer of a query. */
  static boolean isPoll(AsyncQueryRequest request) {
    return !request.getRequestId().isEmpty();
  }

  /**
   * Starts a query.
   *
   * @throws RpcException {@code resource_exhausted} if the tenants have too many under way
   */
  SelectMergeStacktracesResponse start(
      Collection<TenantId> tenants,
      Function<QueryCancellation, SelectMergeStacktracesResponse> query) {
    checkEnabled();
    try {
      String id =
          StoreFailures.translate(
              () -> queries.start(tenants, cancellation -> answer(query, cancellation)));
      return response(
          SelectMergeStacktracesResponse.newBuilder(),
          AsyncQueryResponse.newBuilder()
              .setRequestId(id)
              .setStatus(AsyncQueryStatus.ASYNC_QUERY_STATUS_IN_PROGRESS));
    } catch (TooManyAsyncQueriesException e) {
      throw new RpcException(RpcCode.RESOURCE_EXHAUSTED, String.valueOf(e.getMessage()), e);
    }
  }

  private static byte[] answer(
      Function<QueryCancellation, SelectMergeStacktracesResponse> query,
      QueryCancellation cancellation) {
    try {
      return query.apply(cancellation).toByteArray();
    } catch (RpcException e) {
      throw new AsyncQueryException(e.message(), e);
    }
  }

  /**
   * The answer of a query, or how far it is.
   *
   * @throws RpcException {@code not_found} if these tenants have none of that id
   */
  SelectMergeStacktracesResponse poll(Collection<TenantId> tenants, String id) {
    checkEnabled();
    AsyncAnswer answer = StoreFailures.translate(() -> queries.find(tenants, id));
    if (answer == null) {
      throw new RpcException(RpcCode.NOT_FOUND, "No asynchronous query " + id);
    }

    AsyncQueryResponse.Builder async = AsyncQueryResponse.newBuilder().setRequestId(id);
    return switch (answer.status()) {
      case IN_PROGRESS ->
          response(
              SelectMergeStacktracesResponse.newBuilder(),
              async.setStatus(AsyncQueryStatus.ASYNC_QUERY_STATUS_IN_PROGRESS));
      case SUCCESS ->
          response(
              parse(answer.content()),
              async.setStatus(AsyncQueryStatus.ASYNC_QUERY_STATUS_SUCCESS));
      case FAILURE ->
          response(
              SelectMergeStacktracesResponse.newBuilder(),
              async
                  .setStatus(AsyncQueryStatus.ASYNC_QUERY_STATUS_FAILURE)
                  .setErrorMessage(answer.error()));
    };
  }

  private void checkEnabled() {
    if (!queries.isEnabled()) {
      throw new RpcException(RpcCode.UNIMPLEMENTED, "Asynchronous queries are switched off");
    }
  }

  private static SelectMergeStacktracesResponse.Builder parse(byte[] content) {
    try {
      return SelectMergeStacktracesResponse.newBuilder().mergeFrom(content);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("A stored answer is damaged", e);
    }
  }

  private static SelectMergeStacktracesResponse response(
      SelectMergeStacktracesResponse.Builder response, AsyncQueryResponse.Builder async) {
    return response.setAsync(async).build();
  }
}
