/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.source;

import java.util.List;
import org.apache.flink.api.connector.source.SourceEvent;

/** A reader tells the enumerator that these lanes are sealed and committed to their end. */
record LanesDrainedEvent(List<String> lanes) implements SourceEvent {

  private static final long serialVersionUID = 1L;
}
