/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.decode;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.ProfilesTable;
import io.flamelake.catalog.RecentProfiles;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import it.unimi.dsi.fastutil.longs.LongSet;
import java.time.Instant;
import org.apache.iceberg.Table;

/** Reads the keys of recent rows from the table itself. */
public record TableRows(CatalogConfig catalog) implements CommittedRows {

  private static final long serialVersionUID = 1L;

  public TableRows {
    requireNonNull(catalog, "catalog");
  }

  @Override
  public LongSet loadSince(Instant time) {
    LongSet rows = new LongOpenHashSet();
    try (LakeCatalog opened = LakeCatalog.open(catalog)) {
      Table profiles = opened.iceberg().loadTable(opened.identifier(ProfilesTable.NAME));
      RecentProfiles.forEach(
          profiles,
          time,
          (tenant, profileId, profileType, seriesId) ->
              rows.add(RowKeys.row(tenant, profileId, profileType, seriesId)));
    }

    return rows;
  }
}
