/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * What every engine has to know of the tables before it reads them: the metadata of their newest
 * version, the data files of it, and which hours and days of it roll-ups hold.
 *
 * <p>Starting points: {@link io.flamelake.query.table.CurrentMetadata}, {@link
 * io.flamelake.query.table.PinnedTable}.
 */
@NullMarked
package io.flamelake.query.table;

import org.jspecify.annotations.NullMarked;
