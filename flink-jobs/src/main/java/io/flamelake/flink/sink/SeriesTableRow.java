/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import io.flamelake.model.LabelSet;

/**
 * A row of table {@code series}.
 *
 * @param day since the epoch, UTC
 */
public record SeriesTableRow(
    String tenant,
    int day,
    long seriesId,
    String profileType,
    String serviceName,
    LabelSet labels) {}
