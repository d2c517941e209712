/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** One fuzz target for each decoder of bytes that come from outside, and what runs them. */
@NullMarked
package io.flamelake.fuzz;

import org.jspecify.annotations.NullMarked;
