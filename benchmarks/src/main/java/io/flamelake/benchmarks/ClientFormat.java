/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

/** How clients send profiles, and how the table calls it. */
enum ClientFormat {
  PPROF("pprof, push"),
  PPROF_GRPC("pprof, push by gRPC"),
  OTLP("OTLP by HTTP"),
  OTLP_GRPC("OTLP by gRPC"),
  JFR("JFR, `/ingest`");

  private final String title;

  ClientFormat(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }
}
