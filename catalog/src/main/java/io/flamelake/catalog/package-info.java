/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The Iceberg tables that profiles end in, and the catalog they are found by: what the ingest job
 * writes and the query service reads. The tables are described in {@code docs/table-schemas.md}.
 *
 * <p>Starting points: {@link io.flamelake.catalog.LakeCatalog}, {@link
 * io.flamelake.catalog.ProfilesTable}, {@link io.flamelake.catalog.LaneWatermarks}.
 */
@NullMarked
package io.flamelake.catalog;

import org.jspecify.annotations.NullMarked;
