/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import com.google.protobuf.UnsafeByteOperations;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import io.flamelake.model.Label;
import io.flamelake.model.LabelSet;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.RawProfileSeries;
import io.flamelake.proto.push.v1.RawSample;
import io.flamelake.proto.types.v1.LabelPair;
import io.flamelake.testkit.SyntheticProfile;
import java.util.UUID;

/** pprof, one profile a request, as Pyroscope's agents push it. */
final class PprofUploads {
  private static final String PATH = "/push.v1.PusherService/Push";

  private PprofUploads() {}

  /** By Connect, as agents do. */
  static Upload connect(SyntheticProfile profile) {
    return connect(message(profile), profile.pprof().length, profile.sampleCount());
  }

  /** A {@code PushRequest} by Connect. */
  static Upload connect(byte[] message, long bytes, long samples) {
    return new Upload(
        RequestHeaders.builder(HttpMethod.POST, PATH)
            .add("content-type", "application/proto")
            .build(),
        HttpData.wrap(message),
        bytes,
        samples);
  }

  /** By gRPC, as Alloy may. */
  static Upload grpc(SyntheticProfile profile) {
    return grpc(message(profile), false, profile.pprof().length, profile.sampleCount());
  }

  /** A {@code PushRequest} by gRPC. */
  static Upload grpc(byte[] message, boolean gzip, long bytes, long samples) {
    return GrpcFrame.upload(PATH, message, gzip, bytes, samples);
  }

  private static byte[] message(SyntheticProfile profile) {
    return PushRequest.newBuilder()
        .addSeries(series(profile.labels(), profile.gzip()))
        .build()
        .toByteArray();
  }

  /**
   * A profile of an id of its own.
   *
   * @param pprof compressed or not
   */
  static RawProfileSeries series(LabelSet labels, byte[] pprof) {
    RawProfileSeries.Builder series = RawProfileSeries.newBuilder();
    for (Label label : labels.labels()) {
      series.addLabels(LabelPair.newBuilder().setName(label.name()).setValue(label.value()));
    }

    return series
        .addSamples(
            RawSample.newBuilder()
                .setID(UUID.randomUUID().toString())
                .setRawProfile(UnsafeByteOperations.unsafeWrap(pprof)))
        .build();
  }
}
