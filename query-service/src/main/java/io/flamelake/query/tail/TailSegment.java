/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.tail;

import io.flamelake.segment.SegmentFooter;
import io.flamelake.segment.SegmentId;

/** A segment of the tail and its index. */
record TailSegment(SegmentId id, SegmentFooter footer) {}
