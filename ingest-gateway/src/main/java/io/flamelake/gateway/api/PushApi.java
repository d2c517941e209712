/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.api;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.server.ServerBuilder;
import io.flamelake.gateway.intake.ProfileIntake;
import io.flamelake.gateway.intake.PushFailure;
import io.flamelake.gateway.intake.PushedProfile;
import io.flamelake.gateway.intake.PushedSeries;
import io.flamelake.model.Label;
import io.flamelake.model.TenantId;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.PushResponse;
import io.flamelake.proto.push.v1.RawProfileSeries;
import io.flamelake.proto.push.v1.RawSample;
import io.flamelake.proto.types.v1.LabelPair;
import io.flamelake.rpc.RpcContext;
import io.flamelake.rpc.RpcService;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** {@code push.v1.PusherService/Push}: how agents and newer SDKs send profiles. */
public final class PushApi {

  private final ProfileIntake intake;
  private final RpcService service;

  public PushApi(ProfileIntake intake, Uploads uploads) {
    this.intake = requireNonNull(intake, "intake");
    this.service =
        uploads
            .rpc("push.v1.PusherService")
            .unary(
                "Push",
                PushRequest.getDefaultInstance(),
                PushResponse.getDefaultInstance(),
                this::push)
            .build();
  }

  public void addTo(ServerBuilder sb) {
    service.addTo(sb);
  }

  private CompletionStage<PushResponse> push(RpcContext ctx, PushRequest request) {
    List<PushedSeries> series = new ArrayList<>(request.getSeriesCount());
    for (RawProfileSeries raw : request.getSeriesList()) {
      series.add(toSeries(raw));
    }

    TenantId tenant = ctx.tenant();
    return intake
        .push(tenant, series, () -> ctx.http().isCancelled())
        .thenApply(failures -> respond(tenant, failures));
  }

  private static PushResponse respond(TenantId tenant, List<PushFailure> failures) {
    if (!failures.isEmpty()) {
      throw PushFailures.toRpcException(tenant, failures);
    }

    return PushResponse.getDefaultInstance();
  }

  private static PushedSeries toSeries(RawProfileSeries raw) {
    List<Label> labels = new ArrayList<>(raw.getLabelsCount());
    for (LabelPair pair : raw.getLabelsList()) {
      labels.add(new Label(pair.getName(), pair.getValue()));
    }

    List<PushedProfile> profiles = new ArrayList<>(raw.getSamplesCount());
    for (RawSample sample : raw.getSamplesList()) {
      profiles.add(
          new PushedProfile(
              sample.getRawProfile().toByteArray(), PushedProfile.findUuid(sample.getID())));
    }

    return new PushedSeries(labels, profiles);
  }
}
