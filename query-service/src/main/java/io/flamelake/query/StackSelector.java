/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Conditions on whole stacks, all of which must hold.
 *
 * @param callSite the stack begins, at the root, with exactly these function names
 * @param frames conditions on all of its functions
 */
public record StackSelector(List<String> callSite, FrameFilter frames) {

  /** Selects every stack. */
  public static final StackSelector ALL = new StackSelector(List.of(), FrameFilter.NONE);

  public StackSelector {
    callSite = List.copyOf(callSite);
    requireNonNull(frames, "frames");
  }

  /** Selects the stacks that begin, at the root, with exactly these function names. */
  public static StackSelector callSite(List<String> callSite) {
    return new StackSelector(callSite, FrameFilter.NONE);
  }

  public boolean selectsAll() {
    return callSite.isEmpty() && frames.isEmpty();
  }
}
