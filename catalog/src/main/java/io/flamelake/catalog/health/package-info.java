/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** What the metadata of the tables says about the state that they are in. */
@NullMarked
package io.flamelake.catalog.health;

import org.jspecify.annotations.NullMarked;
