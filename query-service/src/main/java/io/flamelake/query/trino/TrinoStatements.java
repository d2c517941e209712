/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import io.flamelake.catalog.ProfilesTable;
import io.flamelake.model.TenantId;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.QueryReads;
import io.flamelake.query.RollUpPeriod;
import io.trino.jdbc.QueryStats;

/** Runs the statements of one query, and counts what Trino reads for them. */
final class TrinoStatements {
  private final TrinoClient client;
  private final QueryReads reads;

  TrinoStatements(TrinoClient client, QueryReads reads) {
    this.client = client;
    this.reads = reads;
  }

  /** As {@link TrinoClient#forEachRow}. */
  void forEachRow(
      TenantId tenant,
      String what,
      Sql sql,
      QueryCancellation cancellation,
      TrinoClient.RowConsumer consumer) {
    QueryStats stats = client.forEachRow(tenant, what, sql, cancellation, consumer);
    reads.addBytes(stats.getProcessedBytes());
    reads.addFetchedBytes(stats.getPhysicalInputBytes());
    if (sql.reads(ProfilesTable.NAME)) {
      reads.addProfiles(stats.getProcessedRows());
    }
  }

  void countRollUps(RollUpPeriod period, long rows) {
    reads.addRollUps(period, rows);
  }
}
