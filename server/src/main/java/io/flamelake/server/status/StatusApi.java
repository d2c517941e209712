/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.status;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.CompletableFuture.completedFuture;

import com.google.api.HttpBody;
import com.google.protobuf.ByteString;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import io.flamelake.proto.status.v1.GetBuildInfoData;
import io.flamelake.proto.status.v1.GetBuildInfoRequest;
import io.flamelake.proto.status.v1.GetBuildInfoResponse;
import io.flamelake.proto.status.v1.GetConfigRequest;
import io.flamelake.proto.version.v1.VersionRequest;
import io.flamelake.proto.version.v1.VersionResponse;
import io.flamelake.rpc.RpcService;
import io.flamelake.rpc.RpcServiceBuilder;
import io.flamelake.rpc.Tenants;
import io.flamelake.server.config.ConfigYaml;
import io.flamelake.server.config.FlamelakeConfig;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * {@code status.v1.StatusService}, the same under {@code /api/v1/status}, and {@code
 * version.v1.Version}. Belongs to no tenant.
 */
public final class StatusApi {
  private static final String PATH = "/api/v1/status/";
  static final MediaType YAML =
      MediaType.create("application", "yaml").withCharset(StandardCharsets.UTF_8);

  /** The first and so far only version of the API. */
  private static final long QUERIER_API = 1;

  private final FlamelakeConfig config;
  private final String version;

  public StatusApi(FlamelakeConfig config, String version) {
    this.config = requireNonNull(config, "config");
    this.version = requireNonNull(version, "version");
  }

  /** Adds all paths to a server. */
  public void addTo(ServerBuilder sb) {
    RpcServiceBuilder status =
        RpcService.builder("status.v1.StatusService", new Tenants(false))
            .unary(
                "GetBuildInfo",
                GetBuildInfoRequest.getDefaultInstance(),
                GetBuildInfoResponse.getDefaultInstance(),
                (ctx, request) -> completedFuture(buildInfo()));
    addConfig(sb, status, "GetConfig", "config", () -> ConfigYaml.all(config));
    addConfig(sb, status, "GetDiffConfig", "config/diff", () -> ConfigYaml.differences(config));
    addConfig(sb, status, "GetDefaultConfig", "config/default", ConfigYaml::defaults);
    status.build().addTo(sb);
    sb.route()
        .get(PATH + "buildinfo")
        .build((ctx, request) -> HttpResponse.ofJson(BuildInfoJson.of(version)));
    RpcService.builder("version.v1.Version", new Tenants(false))
        .unary(
            "Version",
            VersionRequest.getDefaultInstance(),
            VersionResponse.getDefaultInstance(),
            (ctx, request) ->
                completedFuture(VersionResponse.newBuilder().setQuerierAPI(QUERIER_API).build()))
        .build()
        .addTo(sb);
  }

  private static void addConfig(
      ServerBuilder sb,
      RpcServiceBuilder status,
      String method,
      String path,
      Supplier<String> yaml) {
    status.unary(
        method,
        GetConfigRequest.getDefaultInstance(),
        HttpBody.getDefaultInstance(),
        (ctx, request) ->
            completedFuture(
                HttpBody.newBuilder()
                    .setContentType(YAML.toString())
                    .setData(ByteString.copyFromUtf8(yaml.get()))
                    .build()));
    sb.route()
        .get(PATH + path)
        .build((ctx, request) -> HttpResponse.of(HttpStatus.OK, YAML, yaml.get()));
  }

  /** What is unknown about the build, such as the revision, stays empty. */
  private GetBuildInfoResponse buildInfo() {
    return GetBuildInfoResponse.newBuilder()
        .setStatus(BuildInfoJson.SUCCESS)
        .setData(GetBuildInfoData.newBuilder().setVersion(version))
        .build();
  }

  /** The answer of {@code /api/v1/status/buildinfo}, where clients look for every field. */
  record BuildInfoJson(String status, Data data) {
    private static final String SUCCESS = "success";

    record Data(
        String version,
        String revision,
        String branch,
        String buildUser,
        String buildDate,
        String goVersion) {}

    static BuildInfoJson of(String version) {
      return new BuildInfoJson(SUCCESS, new Data(version, "", "", "", "", ""));
    }
  }
}
