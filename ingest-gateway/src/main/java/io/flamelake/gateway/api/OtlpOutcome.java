/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.api;

import io.flamelake.gateway.intake.PushFailure;
import io.flamelake.gateway.otlp.OtlpConversion;
import io.flamelake.gateway.otlp.OtlpConversion.Refusal;
import io.flamelake.model.TenantId;
import io.flamelake.proto.otlp.v1development.ExportProfilesPartialSuccess;
import io.flamelake.proto.otlp.v1development.ExportProfilesServiceResponse;
import io.flamelake.rpc.RpcCode;
import io.flamelake.rpc.RpcException;
import java.util.BitSet;
import java.util.List;

/** What an exporter is told of its export once all that could be stored is durable. */
final class OtlpOutcome {

  private OtlpOutcome() {}

  /**
   * Makes the answer. Profiles that can never be stored are a partial success, since an exporter
   * may not send an export again that was one. It is an error where sending again helps, for its
   * neighbours are counted once if they have ids; and where nothing at all was accepted.
   *
   * @throws RpcException for the whole export
   */
  static ExportProfilesServiceResponse of(
      TenantId tenant, OtlpConversion conversion, List<PushFailure> failures) {
    if (failures.stream().anyMatch(failure -> !isFinal(failure))) {
      throw PushFailures.toRpcException(tenant, failures);
    }

    BitSet rejected = new BitSet();
    FailureMessage message = new FailureMessage();
    for (Refusal refusal : conversion.refused()) {
      rejected.set(refusal.profileNumber());
      message.add(text(refusal.profileNumber(), refusal.message()));
    }

    for (PushFailure failure : failures) {
      int number =
          conversion
              .series()
              .get(failure.seriesIndex())
              .profileNumbers()
              .getInt(failure.profileIndex());
      rejected.set(number);
      message.add(text(number, failure.error().message()));
    }

    if (rejected.isEmpty()) {
      return ExportProfilesServiceResponse.getDefaultInstance();
    }

    String told = message.finish(tenant, rejected.cardinality() + " rejected");
    if (rejected.cardinality() == conversion.profileCount()) {
      throw RpcException.invalidArgument(told);
    }

    return ExportProfilesServiceResponse.newBuilder()
        .setPartialSuccess(
            ExportProfilesPartialSuccess.newBuilder()
                .setRejectedProfiles(rejected.cardinality())
                .setErrorMessage(told))
        .build();
  }

  /** Whether a failure lies in one profile and will be the same the next time. */
  private static boolean isFinal(PushFailure failure) {
    return failure.error().code() == RpcCode.INVALID_ARGUMENT;
  }

  private static String text(int number, String reason) {
    return "profile " + number + ": " + reason;
  }
}
