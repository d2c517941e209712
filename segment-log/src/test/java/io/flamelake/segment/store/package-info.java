/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** The contract of object stores, run against each of them. */
@NullMarked
package io.flamelake.segment.store;

import org.jspecify.annotations.NullMarked;
