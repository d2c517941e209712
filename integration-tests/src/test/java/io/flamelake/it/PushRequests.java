/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import com.google.protobuf.ByteString;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.RawProfileSeries;
import io.flamelake.proto.push.v1.RawSample;
import io.flamelake.proto.types.v1.LabelPair;
import java.util.List;
import java.util.Map;

/** Requests of {@code push.v1}. */
final class PushRequests {
  static final String METHOD = "push.v1.PusherService/Push";

  private PushRequests() {}

  static PushRequest of(RawProfileSeries... series) {
    return PushRequest.newBuilder().addAllSeries(List.of(series)).build();
  }

  /** CPU profiles of a service. */
  static RawProfileSeries cpu(String service, RawSample... samples) {
    return cpu(service, Map.of(), samples);
  }

  /** CPU profiles of a service with more labels. */
  static RawProfileSeries cpu(String service, Map<String, String> labels, RawSample... samples) {
    RawProfileSeries.Builder series =
        RawProfileSeries.newBuilder()
            .addLabels(label("__name__", "process_cpu"))
            .addLabels(label("service_name", service))
            .addAllSamples(List.of(samples));
    labels.forEach((name, value) -> series.addLabels(label(name, value)));
    return series.build();
  }

  /** A profile without an id of its client. */
  static RawSample sample(byte[] rawProfile) {
    return sample("", rawProfile);
  }

  static RawSample sample(String id, byte[] rawProfile) {
    return RawSample.newBuilder().setID(id).setRawProfile(ByteString.copyFrom(rawProfile)).build();
  }

  static LabelPair label(String name, String value) {
    return LabelPair.newBuilder().setName(name).setValue(value).build();
  }
}
