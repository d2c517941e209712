/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.source;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.catalog.ProfilesTable;

/** The watermarks of table {@code profiles}. */
public record TablePositions(CatalogConfig catalog) implements CommittedPositions {

  private static final long serialVersionUID = 1L;

  public TablePositions {
    requireNonNull(catalog, "catalog");
  }

  @Override
  public LaneWatermarks load() {
    try (LakeCatalog opened = LakeCatalog.open(catalog)) {
      return LaneWatermarks.of(opened.iceberg().loadTable(opened.identifier(ProfilesTable.NAME)));
    }
  }
}
