/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * What every engine has to know of the tables before it reads them: the metadata of their newest
 * version.
 *
 * <p>Starting point: {@link io.flamelake.query.table.CurrentMetadata}.
 */
@NullMarked
package io.flamelake.query.table;

import org.jspecify.annotations.NullMarked;
