/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

/** Reads one format whose uploads hold stacks with one value each, and nothing else. */
@FunctionalInterface
interface StackReader {

  /**
   * Hands over all stacks of the upload.
   *
   * @throws io.flamelake.model.pprof.MalformedProfileException if it is not of the format
   */
  void read(byte[] upload, StackConsumer out);
}
