/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** The state of lake and log for operators: metrics, a page, and what {@code /ready} warns of. */
@NullMarked
package io.flamelake.server.health;

import org.jspecify.annotations.NullMarked;
