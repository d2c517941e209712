/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Tests of the tables and of the catalog. */
@NullMarked
package io.flamelake.catalog;

import org.jspecify.annotations.NullMarked;
