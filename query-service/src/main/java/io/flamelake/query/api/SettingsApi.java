/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.CompletableFuture.completedFuture;

import com.linecorp.armeria.server.ServerBuilder;
import io.flamelake.proto.settings.v1.DeleteSettingsRequest;
import io.flamelake.proto.settings.v1.DeleteSettingsResponse;
import io.flamelake.proto.settings.v1.GetSettingsRequest;
import io.flamelake.proto.settings.v1.GetSettingsResponse;
import io.flamelake.proto.settings.v1.SetSettingsRequest;
import io.flamelake.proto.settings.v1.SetSettingsResponse;
import io.flamelake.query.settings.Setting;
import io.flamelake.query.settings.SettingsFullException;
import io.flamelake.query.settings.SettingsStore;
import io.flamelake.query.settings.StaleSettingException;
import io.flamelake.rpc.RpcCode;
import io.flamelake.rpc.RpcContext;
import io.flamelake.rpc.RpcException;
import io.flamelake.rpc.RpcService;
import io.flamelake.rpc.Tenants;
import java.util.List;
import java.util.function.Supplier;

/** {@code settings.v1.SettingsService}. */
final class SettingsApi {
  private final SettingsStore settings;
  private final Tenants tenants;

  SettingsApi(SettingsStore settings, Tenants tenants) {
    this.settings = requireNonNull(settings, "settings");
    this.tenants = requireNonNull(tenants, "tenants");
  }

  /** Adds the service to a server. */
  void addTo(ServerBuilder sb) {
    RpcService.builder("settings.v1.SettingsService", tenants)
        .unary(
            "Get",
            GetSettingsRequest.getDefaultInstance(),
            GetSettingsResponse.getDefaultInstance(),
            (ctx, request) -> completedFuture(get(ctx)))
        .unary(
            "Set",
            SetSettingsRequest.getDefaultInstance(),
            SetSettingsResponse.getDefaultInstance(),
            (ctx, request) -> completedFuture(set(ctx, request)))
        .unary(
            "Delete",
            DeleteSettingsRequest.getDefaultInstance(),
            DeleteSettingsResponse.getDefaultInstance(),
            (ctx, request) -> completedFuture(delete(ctx, request)))
        .build()
        .addTo(sb);
  }

  private GetSettingsResponse get(RpcContext ctx) {
    List<Setting> found = translate(() -> settings.list(ctx.tenant()));
    return GetSettingsResponse.newBuilder()
        .addAllSettings(found.stream().map(SettingsApi::toMessage).toList())
        .build();
  }

  private SetSettingsResponse set(RpcContext ctx, SetSettingsRequest request) {
    if (!request.hasSetting()) {
      throw RpcException.invalidArgument("setting is required");
    }

    Setting setting =
        new Setting(
            request.getSetting().getName(),
            request.getSetting().getValue(),
            request.getSetting().getModifiedAt());
    Setting stored = translate(() -> settings.set(ctx.tenant(), setting));
    return SetSettingsResponse.newBuilder().setSetting(toMessage(stored)).build();
  }

  private DeleteSettingsResponse delete(RpcContext ctx, DeleteSettingsRequest request) {
    translate(
        () -> {
          settings.delete(ctx.tenant(), request.getName());
          return request;
        });
    return DeleteSettingsResponse.getDefaultInstance();
  }

  private static <T> T translate(Supplier<T> action) {
    try {
      return StoreFailures.translate(action);
    } catch (StaleSettingException e) {
      throw new RpcException(RpcCode.ALREADY_EXISTS, String.valueOf(e.getMessage()), e);
    } catch (SettingsFullException e) {
      throw new RpcException(RpcCode.RESOURCE_EXHAUSTED, String.valueOf(e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
    }
  }

  private static io.flamelake.proto.settings.v1.Setting toMessage(Setting setting) {
    return io.flamelake.proto.settings.v1.Setting.newBuilder()
        .setName(setting.name())
        .setValue(setting.value())
        .setModifiedAt(setting.modifiedAtMillis())
        .build();
  }
}
