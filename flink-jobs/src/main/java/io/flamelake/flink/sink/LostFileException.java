/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

/** A file that a restored checkpoint names is gone; the job has to start without that state. */
public final class LostFileException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  LostFileException(String location) {
    super(
        "File "
            + location
            + " of the restored checkpoint is gone: start the job without state, it then reads"
            + " from the tables' watermarks");
  }
}
