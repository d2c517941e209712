/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.CompletableFuture.completedFuture;

import com.linecorp.armeria.server.ServerBuilder;
import io.flamelake.model.Excerpt;
import io.flamelake.model.ProfileType;
import io.flamelake.model.TenantId;
import io.flamelake.model.flamegraph.FlameGraphDiffEncoder;
import io.flamelake.model.flamegraph.FlameGraphEncoder;
import io.flamelake.proto.adhocprofiles.v1.AdHocProfilesDiffRequest;
import io.flamelake.proto.adhocprofiles.v1.AdHocProfilesDiffResponse;
import io.flamelake.proto.adhocprofiles.v1.AdHocProfilesGetRequest;
import io.flamelake.proto.adhocprofiles.v1.AdHocProfilesGetResponse;
import io.flamelake.proto.adhocprofiles.v1.AdHocProfilesListRequest;
import io.flamelake.proto.adhocprofiles.v1.AdHocProfilesListResponse;
import io.flamelake.proto.adhocprofiles.v1.AdHocProfilesProfileMetadata;
import io.flamelake.proto.adhocprofiles.v1.AdHocProfilesUploadRequest;
import io.flamelake.query.adhoc.AdHocConfig;
import io.flamelake.query.adhoc.AdHocProfiles;
import io.flamelake.query.adhoc.AdHocProfiles.Uploaded;
import io.flamelake.query.adhoc.ProfileId;
import io.flamelake.query.adhoc.TooManyProfilesException;
import io.flamelake.query.adhoc.UnreadableProfileException;
import io.flamelake.query.adhoc.UploadedProfile;
import io.flamelake.query.adhoc.UploadedProfile.Measured;
import io.flamelake.rpc.RpcCode;
import io.flamelake.rpc.RpcContext;
import io.flamelake.rpc.RpcException;
import io.flamelake.rpc.RpcService;
import io.flamelake.rpc.Tenants;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;

/** {@code adhocprofiles.v1.AdHocProfileService}. */
final class AdHocApi {
  private static final int MAX_OTHER_REQUEST_BYTES = 64 * 1024;

  private final AdHocProfiles profiles;
  private final AdHocConfig config;
  private final LimitsByTenant limits;
  private final Tenants tenants;

  AdHocApi(AdHocProfiles profiles, AdHocConfig config, LimitsByTenant limits, Tenants tenants) {
    this.profiles = requireNonNull(profiles, "profiles");
    this.config = requireNonNull(config, "config");
    this.limits = requireNonNull(limits, "limits");
    this.tenants = requireNonNull(tenants, "tenants");
  }

  /** Adds the service to a server. */
  void addTo(ServerBuilder sb) {
    // Base64 makes four bytes of three.
    long maxRequestBytes = config.maxProfileBytes() / 3L * 4 + MAX_OTHER_REQUEST_BYTES;
    RpcService.builder("adhocprofiles.v1.AdHocProfileService", tenants)
        .maxRequestBytes(Math.min(maxRequestBytes, Integer.MAX_VALUE))
        .unary(
            "Upload",
            AdHocProfilesUploadRequest.getDefaultInstance(),
            AdHocProfilesGetResponse.getDefaultInstance(),
            (ctx, request) -> completedFuture(upload(ctx, request)))
        .unary(
            "Get",
            AdHocProfilesGetRequest.getDefaultInstance(),
            AdHocProfilesGetResponse.getDefaultInstance(),
            (ctx, request) -> completedFuture(get(ctx, request)))
        .unary(
            "List",
            AdHocProfilesListRequest.getDefaultInstance(),
            AdHocProfilesListResponse.getDefaultInstance(),
            (ctx, request) -> completedFuture(list(ctx)))
        .unary(
            "Diff",
            AdHocProfilesDiffRequest.getDefaultInstance(),
            AdHocProfilesDiffResponse.getDefaultInstance(),
            (ctx, request) -> completedFuture(diff(ctx, request)))
        .build()
        .addTo(sb);
  }

  private AdHocProfilesGetResponse upload(RpcContext ctx, AdHocProfilesUploadRequest request) {
    long maxNodes = limits.of(ctx.tenant()).maxNodes(request.getMaxNodes());
    byte[] file;
    try {
      file = Base64.getDecoder().decode(request.getProfile().getBytes(StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      throw new RpcException(
          RpcCode.INVALID_ARGUMENT, "profile is not base64: " + e.getMessage(), e);
    }

    Uploaded uploaded = translate(() -> profiles.upload(ctx.tenant(), request.getName(), file));
    return toMessage(uploaded, "", maxNodes);
  }

  private AdHocProfilesGetResponse get(RpcContext ctx, AdHocProfilesGetRequest request) {
    long maxNodes = limits.of(ctx.tenant()).maxNodes(request.getMaxNodes());
    Uploaded uploaded = find(ctx.tenant(), request.getId());
    return toMessage(uploaded, request.getProfileType(), maxNodes);
  }

  private AdHocProfilesListResponse list(RpcContext ctx) {
    AdHocProfilesListResponse.Builder response = AdHocProfilesListResponse.newBuilder();
    for (ProfileId id : translate(() -> profiles.list(ctx.tenant()))) {
      response.addProfiles(
          AdHocProfilesProfileMetadata.newBuilder()
              .setId(id.toString())
              .setName(id.name())
              .setUploadedAt(id.uploadedAtMillis()));
    }

    return response.build();
  }

  private AdHocProfilesDiffResponse diff(RpcContext ctx, AdHocProfilesDiffRequest request) {
    long maxNodes = limits.of(ctx.tenant()).maxNodes(request.getMaxNodes());
    UploadedProfile left = find(ctx.tenant(), request.getLeftId()).profile();
    UploadedProfile right = find(ctx.tenant(), request.getRightId()).profile();
    List<String> types = new ArrayList<>(left.types());
    types.retainAll(right.types());
    if (types.isEmpty()) {
      throw RpcException.invalidArgument(
          "The profiles have no type in common: " + left.types() + ", " + right.types());
    }

    String wanted = request.getProfileType();
    String type = wanted.isEmpty() ? defaultType(left, types) : wanted;
    Measured leftMeasured = measured(left, type);
    byte[] json =
        Flamebearer.difference(
            profileType(type, leftMeasured),
            FlameGraphDiffEncoder.encode(
                leftMeasured.tree(), measured(right, type).tree(), maxNodes));
    return AdHocProfilesDiffResponse.newBuilder()
        .addAllProfileTypes(types)
        .setFlamebearerProfile(new String(json, StandardCharsets.UTF_8))
        .build();
  }

  private static String defaultType(UploadedProfile left, List<String> common) {
    return common.contains(left.defaultType()) ? left.defaultType() : common.get(0);
  }

  private Uploaded find(TenantId tenant, String id) {
    return translate(
        () -> {
          Uploaded found = profiles.find(tenant, ProfileId.parse(id));
          if (found == null) {
            throw new RpcException(RpcCode.NOT_FOUND, "No profile " + id);
          }

          return found;
        });
  }

  private static AdHocProfilesGetResponse toMessage(
      Uploaded uploaded, String wantedType, long maxNodes) {
    UploadedProfile profile = uploaded.profile();
    String type = wantedType.isEmpty() ? profile.defaultType() : wantedType;
    Measured measured = measured(profile, type);
    byte[] json =
        Flamebearer.single(
            profileType(type, measured), FlameGraphEncoder.encode(measured.tree(), maxNodes));
    return AdHocProfilesGetResponse.newBuilder()
        .setId(uploaded.id().toString())
        .setName(uploaded.id().name())
        .setUploadedAt(uploaded.id().uploadedAtMillis())
        .setProfileType(type)
        .addAllProfileTypes(profile.types())
        .setFlamebearerProfile(new String(json, StandardCharsets.UTF_8))
        .build();
  }

  private static Measured measured(UploadedProfile profile, String type) {
    Measured measured = profile.find(type);
    if (measured == null) {
      throw RpcException.invalidArgument(
          "profile_type: '" + Excerpt.start(type) + "' (expected: one of " + profile.types() + ")");
    }

    return measured;
  }

  private static ProfileType profileType(String type, Measured measured) {
    return new ProfileType("", type, measured.unit(), "", "");
  }

  private static <T> T translate(Supplier<T> action) {
    try {
      return StoreFailures.translate(action);
    } catch (TooManyProfilesException e) {
      throw new RpcException(RpcCode.RESOURCE_EXHAUSTED, String.valueOf(e.getMessage()), e);
    } catch (UnreadableProfileException | IllegalArgumentException e) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
    }
  }
}
