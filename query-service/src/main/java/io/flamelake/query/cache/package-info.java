/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * What engines keep in memory between queries, within a bound.
 *
 * <p>Starting point: {@link io.flamelake.query.cache.WeightedCache}.
 */
@NullMarked
package io.flamelake.query.cache;

import org.jspecify.annotations.NullMarked;
