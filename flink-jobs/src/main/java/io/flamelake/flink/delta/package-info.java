/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Part of the decode step: what cumulative profiles of Go processes have counted since the profile
 * before, as exactly once as the rows it becomes.
 *
 * <p>Starting point: {@link io.flamelake.flink.delta.DeltaRows}.
 */
@NullMarked
package io.flamelake.flink.delta;

import org.jspecify.annotations.NullMarked;
