/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The segment log: the hand-over from the gateway to the ingest job and to the query service's hot
 * tail, and the only one. Its format is specified in {@code docs/segment-format.md}.
 *
 * <p>Starting points: {@link io.flamelake.segment.SegmentWriter} and {@link
 * io.flamelake.segment.Lane} to write, {@link io.flamelake.segment.SegmentLog} to read.
 */
@NullMarked
package io.flamelake.segment;

import org.jspecify.annotations.NullMarked;
