/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.LabelSet;
import io.flamelake.query.ProfileQuery;
import io.flamelake.query.ProfileStoreException;
import io.flamelake.query.ProfileVisitor;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.SampleSelector.TraceId;
import io.flamelake.query.SelectedProfile;
import io.flamelake.query.SpanVisitor;
import io.flamelake.query.symbols.StackResolver;
import io.flamelake.query.trino.SeriesIndex.Series;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Shows single profiles to a visitor, on the calling thread. */
final class ProfileVisit {
  private final TrinoStatements statements;
  private final ProfileSql sql;
  private final StackQuery stacks;
  private final ProfileQuery query;
  private final Long2ObjectOpenHashMap<LabelSet> labels = new Long2ObjectOpenHashMap<>();

  ProfileVisit(
      TrinoStatements statements, ProfileSql sql, StackResolver stacks, ProfileQuery query) {
    this.statements = statements;
    this.sql = sql;
    this.stacks = new StackQuery(statements, sql, stacks, query);
    this.query = query;
  }

  void visitProfiles(ProfileVisitor visitor, PinnedSeries series, QueryCancellation cancellation) {
    boolean wholeProfiles = query.samples().selectsWholeProfiles();
    forEachRow(
        "list profiles",
        series,
        part ->
            wholeProfiles
                ? sql.profileTotals(part.rows())
                : sql.profileSums(part.rows(), part.stacks()),
        row -> visitor.visit(profile(row), row.getLong(4)),
        cancellation);
  }

  void visitSpans(SpanVisitor visitor, PinnedSeries series, QueryCancellation cancellation) {
    forEachRow(
        "list spans",
        series,
        part -> sql.spanSums(part.rows(), part.stacks()),
        row -> visitor.visit(profile(row), traceId(row), row.getLong(5), row.getLong(4)),
        cancellation);
  }

  @FunctionalInterface
  private interface Statement {
    Sql of(StackQuery.Part part);
  }

  private void forEachRow(
      String what,
      PinnedSeries series,
      Statement statement,
      TrinoClient.RowConsumer consumer,
      QueryCancellation cancellation) {
    SelectedSeries selected = series.select(query, true, cancellation);
    for (Series one : selected.series()) {
      labels.put(one.id(), one.labels());
    }

    for (StackQuery.Part part : stacks.parts(selected, selected.filters(query), cancellation)) {
      statements.forEachRow(query.tenant(), what, statement.of(part), cancellation, consumer);
    }
  }

  private SelectedProfile profile(ResultSet row) throws SQLException {
    String id = requireNonNull(row.getString(1), "profile_id");
    return new SelectedProfile(
        UUID.fromString(id), RowTimes.micros(row, 2), labels(row.getLong(3), id));
  }

  private LabelSet labels(long seriesId, String profileId) {
    LabelSet found = labels.get(seriesId);
    if (found == null) {
      throw new ProfileStoreException(
          "Profile "
              + profileId
              + " of tenant "
              + query.tenant()
              + " is of series "
              + seriesId
              + ", which table series does not have",
          null);
    }

    return found;
  }

  private static TraceId traceId(ResultSet row) throws SQLException {
    byte @Nullable [] bytes = row.getBytes(6);
    if (bytes == null) {
      return TraceId.NONE;
    }

    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new TraceId(buffer.getLong(), buffer.getLong());
  }
}
