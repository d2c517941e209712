/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesRequest;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesResponse;
import io.flamelake.proto.querier.v1.SelectSeriesRequest;
import io.flamelake.proto.querier.v1.SeriesRequest;
import io.flamelake.proto.querier.v1.SeriesResponse;
import io.flamelake.proto.types.v1.LabelValuesRequest;
import io.flamelake.proto.types.v1.LabelValuesResponse;
import io.flamelake.testkit.ProfileSynthesizer;
import java.time.Duration;
import java.time.Instant;

/** Asks a server; every method tells how long the answer took, in milliseconds. */
final class QuerierClient {
  private static final String QUERIER = "/querier.v1.QuerierService/";

  private final ServerProcess server;
  private final WebClient client =
      WebClient.builder().responseTimeout(Duration.ofMinutes(5)).maxResponseLength(0).build();

  QuerierClient(ServerProcess server) {
    this.server = server;
  }

  /** A flame graph of CPU time. */
  double flameGraph(String selector, Instant from, Instant to) {
    Answer answer =
        call(
            "SelectMergeStacktraces",
            SelectMergeStacktracesRequest.newBuilder()
                .setProfileTypeID(ProfileSynthesizer.CPU.id())
                .setLabelSelector(selector)
                .setStart(from.toEpochMilli())
                .setEnd(to.toEpochMilli())
                .build());
    expectNotEmpty(
        "flame graph of " + selector,
        answer.as(SelectMergeStacktracesResponse.getDefaultInstance()).getFlamegraph().getTotal());
    return answer.millis();
  }

  /** CPU time by pod, in steps of 15 s. */
  double series(String selector, Instant from, Instant to) {
    return call(
            "SelectSeries",
            SelectSeriesRequest.newBuilder()
                .setProfileTypeID(ProfileSynthesizer.CPU.id())
                .setLabelSelector(selector)
                .setStart(from.toEpochMilli())
                .setEnd(to.toEpochMilli())
                .setStep(15)
                .addGroupBy("pod")
                .build())
        .millis();
  }

  /** All values of a label, of which there are so many. */
  double labelValues(String name, int count, Instant from, Instant to) {
    Answer answer =
        call(
            "LabelValues",
            LabelValuesRequest.newBuilder()
                .setName(name)
                .setStart(from.toEpochMilli())
                .setEnd(to.toEpochMilli())
                .build());
    expect(
        "values of " + name,
        count,
        answer.as(LabelValuesResponse.getDefaultInstance()).getNamesCount());
    return answer.millis();
  }

  /** What Grafana's start page asks for: the services and their profile types. */
  double services(int count, Instant from, Instant to) {
    Answer answer =
        call(
            "Series",
            SeriesRequest.newBuilder()
                .addLabelNames("service_name")
                .addLabelNames("__profile_type__")
                .setStart(from.toEpochMilli())
                .setEnd(to.toEpochMilli())
                .build());
    expect("services", count, answer.as(SeriesResponse.getDefaultInstance()).getLabelsSetCount());
    return answer.millis();
  }

  private Answer call(String method, Message request) {
    RequestHeaders headers =
        RequestHeaders.builder(HttpMethod.POST, server.uri(QUERIER + method).toString())
            .add("content-type", "application/proto")
            .build();
    HttpData body = HttpData.wrap(request.toByteArray());
    long start = System.nanoTime();
    AggregatedHttpResponse response = client.execute(headers, body).aggregate().join();
    double millis = (System.nanoTime() - start) / 1e6;
    if (response.status().code() != 200) {
      throw new IllegalStateException(method + ": " + response.contentUtf8());
    }

    return new Answer(response.content().array(), millis);
  }

  private static void expectNotEmpty(String what, long total) {
    if (total == 0) {
      throw new IllegalStateException("Empty: " + what);
    }
  }

  private static void expect(String what, int expected, int count) {
    if (count != expected) {
      throw new IllegalStateException(what + ": " + count + " (expected: " + expected + ")");
    }
  }

  private record Answer(byte[] body, double millis) {
    @SuppressWarnings("unchecked") // The message has the type of the prototype's builder.
    <T extends Message> T as(T prototype) {
      try {
        return (T) prototype.newBuilderForType().mergeFrom(body).build();
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("Broken answer", e);
      }
    }
  }
}
