/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Tests of the segment format, lanes and the segment log. */
@NullMarked
package io.flamelake.segment;

import org.jspecify.annotations.NullMarked;
