/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * What the segment log asks of an object store, and the stores it runs on.
 *
 * <p>Starting points: {@link io.flamelake.segment.store.ObjectStore}, {@link
 * io.flamelake.segment.store.ObjectStores#open}.
 */
@NullMarked
package io.flamelake.segment.store;

import org.jspecify.annotations.NullMarked;
