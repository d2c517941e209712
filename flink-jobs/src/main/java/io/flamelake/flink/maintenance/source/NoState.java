/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.source;

/** What the enumerator keeps in a checkpoint, should a cluster be set to make them: nothing. */
enum NoState {
  INSTANCE
}
