/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.delta;

/**
 * What is known of a cumulative profile beside its rows.
 *
 * @param process as {@link ProcessIdentity} tells it
 * @param receiveMillis when it was received
 * @param place hash of where its record is in the segment log
 */
public record CumulativeReading(long process, long receiveMillis, long place) {}
