/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.source;

import io.flamelake.flink.maintenance.MaintenanceTask;
import org.apache.flink.api.connector.source.SourceEvent;

/** To a reader: run this. */
record RunTask(String run, MaintenanceTask task) implements SourceEvent {

  private static final long serialVersionUID = 1L;
}
