/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

/** What one thread of a scan works with; closed by the executor when the scan has ended. */
class ScanWorker implements AutoCloseable {
  private final PageBuffer buffer = new PageBuffer();

  final PageBuffer buffer() {
    return buffer;
  }

  @Override
  public final void close() {
    buffer.close();
  }
}
