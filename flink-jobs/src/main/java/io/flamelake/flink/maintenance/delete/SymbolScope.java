/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import io.flamelake.model.LabelSet;

/** Whose stacks and series are to be removed, where nothing uses them. */
interface SymbolScope {

  /** Whether the stacks of a service may go. */
  boolean mayMatchService(String service);

  /** Whether a series may go. */
  boolean matches(String type, String service, LabelSet labels);
}
