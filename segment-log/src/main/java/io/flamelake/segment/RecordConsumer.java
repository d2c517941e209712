/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import io.flamelake.model.TenantId;

/** Takes the records of a segment, one after the other. */
@FunctionalInterface
public interface RecordConsumer {
  void accept(TenantId tenant, SegmentRecord record);
}
