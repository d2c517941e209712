/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

/** One of the questions that {@link IngestBenchmark} answers with rows of its table. */
interface IngestPart {

  void measure() throws Exception;
}
