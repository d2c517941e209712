/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
@NullMarked
package io.flamelake.flink.delta;

import org.jspecify.annotations.NullMarked;
