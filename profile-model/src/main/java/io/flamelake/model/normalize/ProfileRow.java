/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.normalize;

import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import io.flamelake.model.TenantId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One row of the table {@code profiles}: the samples of one profile, one sample type and one set of
 * labels. The arrays belong to the row and must not be changed.
 *
 * @param timeMicros start of the profile since the epoch
 * @param labels the labels to store: without {@code __name__} and whatever follows from the type
 * @param seriesId {@code labels.id()}
 * @param totalValue sum of {@code values}
 * @param stackIds ascending; an id occurs twice only with different span or trace ids
 * @param values parallel to {@code stackIds}, all positive
 * @param spanIds parallel to {@code stackIds}, 0 for none; null where no sample has one
 * @param traceIds two longs per stack id, high half first, both 0 for none; null where no sample
 *     has one
 * @param stacks the frames of at least these stack ids, shared by all rows of the profile
 */
public record ProfileRow(
    TenantId tenant,
    UUID profileId,
    ProfileType type,
    String serviceName,
    long timeMicros,
    long durationNanos,
    long period,
    LabelSet labels,
    long seriesId,
    long totalValue,
    long[] stackIds,
    long[] values,
    long @Nullable [] spanIds,
    long @Nullable [] traceIds,
    StackTraces stacks) {}
