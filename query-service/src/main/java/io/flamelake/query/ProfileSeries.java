/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import io.flamelake.model.LabelSet;

/**
 * One series of points.
 *
 * @param labels the labels it was grouped by
 * @param timesMillis times of the points that have data, ascending; owned by the record
 * @param values parallel to the times; owned by the record
 */
public record ProfileSeries(LabelSet labels, long[] timesMillis, double[] values) {}
