/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import io.flamelake.model.LabelNames;
import io.flamelake.model.ProfileType;
import io.flamelake.model.TenantId;
import io.flamelake.query.LabelQuery;
import io.flamelake.query.ProfileQuery;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.TimeRange;
import io.flamelake.query.trino.SeriesIndex.Series;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One version of table {@code series}, which is looked for when the first query needs it. Used by
 * one thread.
 */
final class PinnedSeries {
  private final SeriesIndex index;
  private final TrinoStatements statements;
  private final Supplier<@Nullable Long> pin;
  private boolean isPinned;
  private @Nullable Long snapshotId;

  /**
   * @param pin finds the id of the newest version, null if the table is empty
   */
  PinnedSeries(SeriesIndex index, TrinoStatements statements, Supplier<@Nullable Long> pin) {
    this.index = index;
    this.statements = statements;
    this.pin = pin;
  }

  /** The series that a query's selector selects. */
  SelectedSeries select(ProfileQuery query, boolean withLabels, QueryCancellation cancellation) {
    return SelectedSeries.of(
        query,
        withLabels,
        service -> list(query.tenant(), query.range(), query.type(), service, cancellation));
  }

  /** The series of the days of a query, at least those that its selector selects. */
  List<Series> list(LabelQuery query, QueryCancellation cancellation) {
    String service = query.selector().equalValue(LabelNames.SERVICE_NAME);
    return list(query.tenant(), query.range(), null, service, cancellation);
  }

  private List<Series> list(
      TenantId tenant,
      TimeRange range,
      @Nullable ProfileType type,
      @Nullable String service,
      QueryCancellation cancellation) {
    if (!isPinned) {
      this.snapshotId = pin.get();
      this.isPinned = true;
    }

    Long version = snapshotId;
    if (version == null || range.isEmpty()) {
      return List.of();
    }

    return index.load(
        new SeriesIndex.Scope(
            version, tenant, range.firstEpochDay(), range.lastEpochDay(), type, service),
        statements,
        cancellation);
  }
}
