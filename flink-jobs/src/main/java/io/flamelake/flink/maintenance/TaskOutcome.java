/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a task ended.
 *
 * @param run that it was part of
 * @param error why it failed, null if it did not
 */
public record TaskOutcome(
    String kind,
    String subject,
    String run,
    Instant start,
    Duration duration,
    Ending ending,
    TaskResult result,
    @Nullable String error)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /** The ways to end. */
  public enum Ending {
    DONE,
    FAILED,
    /** Another run may commit now, and this one no more. */
    CLAIM_LOST
  }

  public TaskOutcome {
    requireNonNull(kind, "kind");
    requireNonNull(subject, "subject");
    requireNonNull(run, "run");
    requireNonNull(start, "start");
    requireNonNull(duration, "duration");
    requireNonNull(ending, "ending");
    requireNonNull(result, "result");
  }

  public Instant end() {
    return start.plus(duration);
  }

  public boolean isDone() {
    return ending == Ending.DONE;
  }
}
