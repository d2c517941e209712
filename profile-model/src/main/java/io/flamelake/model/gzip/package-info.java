/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Finds gzip bombs among bodies and profiles, before they are inflated.
 *
 * <p>Starting point: {@link io.flamelake.model.gzip.BombDetector}.
 */
@NullMarked
package io.flamelake.model.gzip;

import org.jspecify.annotations.NullMarked;
