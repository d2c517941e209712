/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import io.flamelake.testkit.Gzip;
import io.flamelake.testkit.SyntheticProfile;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import java.util.List;

/** OTLP exports, compressed as the OpenTelemetry Collector does. */
final class OtlpUploads {
  private static final String HTTP_PATH = "/v1development/profiles";
  private static final String RPC_PATH =
      "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export";

  private OtlpUploads() {}

  /** Profiles of one pod as one export by HTTP. */
  static Upload http(List<SyntheticProfile> profiles) {
    byte[] export = export(profiles).toByteArray();
    return new Upload(
        RequestHeaders.builder(HttpMethod.POST, HTTP_PATH)
            .add("content-type", "application/x-protobuf")
            .add("content-encoding", "gzip")
            .build(),
        HttpData.wrap(Gzip.compressFast(export)),
        export.length,
        samples(profiles));
  }

  /** Profiles of one pod as one export by gRPC. */
  static Upload grpc(List<SyntheticProfile> profiles) {
    byte[] export = export(profiles).toByteArray();
    return GrpcFrame.upload(
        RPC_PATH, Gzip.compressFast(export), true, export.length, samples(profiles));
  }

  private static long samples(List<SyntheticProfile> profiles) {
    return profiles.stream().mapToLong(SyntheticProfile::sampleCount).sum();
  }

  private static ExportProfilesServiceRequest export(List<SyntheticProfile> profiles) {
    OtlpExport export = new OtlpExport(profiles.get(0).labels());
    profiles.forEach(export::add);
    return export.build();
  }
}
