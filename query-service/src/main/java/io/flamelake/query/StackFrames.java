/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import org.jspecify.annotations.Nullable;

/** The frames of one resolved stack, root first. */
public interface StackFrames {
  int depth();

  String function(int frame);

  /** Line number, 0 if unknown. */
  int line(int frame);

  /** Source file, empty if unknown. */
  String file(int frame);

  /** File of the mapping that an unsymbolized frame lies in; null if symbolized. */
  @Nullable String mapping(int frame);

  /** Build id of the mapping that an unsymbolized frame lies in; null if symbolized. */
  @Nullable String buildId(int frame);

  /** Address of an unsymbolized frame, 0 if symbolized. */
  long address(int frame);
}
