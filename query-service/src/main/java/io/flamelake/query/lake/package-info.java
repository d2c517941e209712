/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The lake engine: answers queries from the Iceberg tables by planning with their metadata and
 * scanning Parquet columns into primitive arrays.
 *
 * <p>Starting points: {@link io.flamelake.query.lake.LakeProfileStore}; {@code ProfileScan}, the
 * scan of one row group of {@code profiles}; {@code ColumnCursor}, the page decoder under it.
 */
@NullMarked
package io.flamelake.query.lake;

import org.jspecify.annotations.NullMarked;
