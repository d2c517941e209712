/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The Trino engine: asks a Trino server for what the lake engine scans by itself. Sums are made in
 * SQL, series are matched and stacks named in this process.
 *
 * <p>Starting points: {@link io.flamelake.query.trino.TrinoProfileStore}; {@code TrinoSnapshot},
 * which has the answers; {@code ProfileSql}, the statements; {@code TrinoClient}, which runs them.
 */
@NullMarked
package io.flamelake.query.trino;

import org.jspecify.annotations.NullMarked;
