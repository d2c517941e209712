/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Gives rows one after the other. */
interface RowSource<R> extends Closeable {

  /** Returns the next row, null after the last one. */
  @Nullable R next() throws IOException;
}
