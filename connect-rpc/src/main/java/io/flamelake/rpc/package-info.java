/**
 * One protobuf service as Connect unary, gRPC and gRPC-Web on Armeria, with tenants and errors
 * decided at the edge.
 *
 * <p>Starting points: {@link io.flamelake.rpc.RpcService}, {@link io.flamelake.rpc.RpcException},
 * {@link io.flamelake.rpc.HttpDefaults}.
 */
@NullMarked
package io.flamelake.rpc;

import org.jspecify.annotations.NullMarked;
