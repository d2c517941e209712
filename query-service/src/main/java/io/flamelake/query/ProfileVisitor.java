/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

/**
 * Is shown profiles, one after the other, each once, in no particular order. Calls come from any
 * thread, but only from one at a time, and everything a call did is seen by the next and by whoever
 * asked for the visit.
 */
@FunctionalInterface
public interface ProfileVisitor {
  /**
   * @param value sum of the profile's selected samples, not 0
   */
  void visit(SelectedProfile profile, long value);
}
