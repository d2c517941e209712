/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Turns summed stack ids into frames, the same way for every engine: an engine only says how to
 * read rows of table {@code stacks}. Names of stacks stay in a bounded cache for each tenant,
 * service and day; of rows that say the same stack twice the first one counts.
 *
 * <p>Starting points: {@link io.flamelake.query.symbols.StackResolver}, which a snapshot has;
 * {@link io.flamelake.query.symbols.StackSource}, which an engine implements.
 */
@NullMarked
package io.flamelake.query.symbols;

import org.jspecify.annotations.NullMarked;
