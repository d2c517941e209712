/**
 * The read API over HTTP: {@code querier.v1.QuerierService} as Connect, gRPC and gRPC-Web, the
 * older {@code /pyroscope/*} endpoints and the web UI's files. Thin: it checks a request, asks
 * {@link io.flamelake.query.plan.QueryEngine} and encodes the answer, completely before the first
 * byte is sent.
 *
 * <p>Starting point: {@link io.flamelake.query.api.QueryEndpoints}.
 */
@NullMarked
package io.flamelake.query.api;

import org.jspecify.annotations.NullMarked;
