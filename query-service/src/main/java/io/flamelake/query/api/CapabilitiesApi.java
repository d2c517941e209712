/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import static java.util.concurrent.CompletableFuture.completedFuture;

import com.linecorp.armeria.server.ServerBuilder;
import io.flamelake.proto.capabilities.v1.FeatureFlag;
import io.flamelake.proto.capabilities.v1.GetFeatureFlagsRequest;
import io.flamelake.proto.capabilities.v1.GetFeatureFlagsResponse;
import io.flamelake.rpc.RpcService;
import io.flamelake.rpc.Tenants;

/**
 * {@code capabilities.v1.FeatureFlagsService}: says of the features that clients look for whether
 * this querier has them.
 */
final class CapabilitiesApi {
  private static final GetFeatureFlagsResponse FLAGS =
      GetFeatureFlagsResponse.newBuilder()
          .addFeatureFlags(
              flag("utf8LabelNames", true, "Label names of any characters, for clients that ask"))
          .addFeatureFlags(flag("v2StorageLayer", false, "Pyroscope's second storage format"))
          .addFeatureFlags(flag("pyroscopeRuler", false, "Recording rules"))
          .addFeatureFlags(
              flag("pyroscopeRulerFunctions", false, "Recording rules of single functions"))
          .build();

  private final Tenants tenants;

  CapabilitiesApi(Tenants tenants) {
    this.tenants = tenants;
  }

  /** Adds the service to a server. */
  void addTo(ServerBuilder sb) {
    RpcService.builder("capabilities.v1.FeatureFlagsService", tenants)
        .unary(
            "GetFeatureFlags",
            GetFeatureFlagsRequest.getDefaultInstance(),
            GetFeatureFlagsResponse.getDefaultInstance(),
            (ctx, request) -> completedFuture(FLAGS))
        .build()
        .addTo(sb);
  }

  private static FeatureFlag flag(String name, boolean enabled, String description) {
    return FeatureFlag.newBuilder()
        .setName(name)
        .setEnabled(enabled)
        .setDescription(description)
        .build();
  }
}
