/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.source;

import io.flamelake.flink.maintenance.TaskOutcome;
import org.apache.flink.api.connector.source.SourceEvent;

/** To the enumerator: a reader's task has ended, and the reader is free. */
record TaskEnded(TaskOutcome outcome) implements SourceEvent {

  private static final long serialVersionUID = 1L;
}
