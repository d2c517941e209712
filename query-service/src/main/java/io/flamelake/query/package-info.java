/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * What every read API is built on: the {@link io.flamelake.query.ProfileStore} SPI, the values that
 * go into a query and the accumulators that its answer grows in.
 *
 * <p>A query pins one version of the tables, lets the store add what is committed to an
 * accumulator, adds the rows of the hot tail to the same accumulator, and builds its answer once.
 *
 * <p>Starting points: {@link io.flamelake.query.ProfileStore}, {@link
 * io.flamelake.query.ProfileSnapshot}, {@link io.flamelake.query.StackSums}, {@link
 * io.flamelake.query.SeriesAccumulator}.
 */
@NullMarked
package io.flamelake.query;

import org.jspecify.annotations.NullMarked;
