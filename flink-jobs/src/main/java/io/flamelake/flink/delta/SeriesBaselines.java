/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.delta;

import io.flamelake.model.XxHash64;
import io.flamelake.model.normalize.ProfileRow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one series and cumulative profile type. Immutable: it is replaced as a
 * whole, so a snapshot that is being written needs no copy of it.
 *
 * @param baselines one for each process that has the series' labels, mostly a single one
 * @param uncommitted what may have to be handed on again
 */
public record SeriesBaselines(List<Baseline> baselines, List<UncommittedDelta> uncommitted) {

  static final SeriesBaselines EMPTY = new SeriesBaselines(List.of(), List.of());

  public SeriesBaselines {
    baselines = List.copyOf(baselines);
    uncommitted = List.copyOf(uncommitted);
  }

  /** What becomes of the series with one more profile. */
  record Step(SeriesBaselines next, StackValues delta, Outcome outcome) {}

  /** What a profile was to its series. */
  enum Outcome {
    /** The series' first: there is nothing to compare it with. */
    FIRST,
    /** It continues the last profile of its process. */
    CONTINUED,
    /** It is of a process that began to count after the last profile: all of it is new. */
    RESTARTED,
    /** It is no later than what was taken account of already. */
    LATE
  }

  /** The key of a row's series and profile type within its service. */
  static long key(ProfileRow row) {
    return XxHash64.hash(row.type().id().getBytes(StandardCharsets.UTF_8), row.seriesId());
  }

  /** Whether this profile is of a process that was restarted since its base line. */
  boolean showsRestart(Baseline profile) {
    Baseline base = find(profile.process());
    return base != null
        && profile.timeMicros() > base.timeMicros()
        && base.isBeforeRestart(profile);
  }

  /**
   * Takes account of a profile.
   *
   * @param isRestarted whether the profile, with any of its types, {@link #showsRestart}
   * @param place hash of where its record is in the segment log
   * @param timeToLive how many milliseconds base lines of other processes are kept
   */
  Step advance(
      Baseline profile,
      boolean isRestarted,
      long place,
      CheckpointHistory checkpoints,
      long timeToLive) {
    Baseline base = find(profile.process());
    if (base != null && profile.timeMicros() <= base.timeMicros()) {
      return new Step(this, handedOnAt(place), Outcome.LATE);
    }

    long expiredBefore = profile.receiveMillis() - timeToLive;
    List<Baseline> newBaselines = new ArrayList<>(baselines);
    newBaselines.removeIf(other -> other == base || other.receiveMillis() < expiredBefore);
    Outcome outcome = outcome(base, !newBaselines.isEmpty(), isRestarted);
    StackValues delta =
        switch (outcome) {
          case CONTINUED -> base == null ? profile.values() : profile.values().minus(base.values());
          case RESTARTED -> profile.values();
          case FIRST, LATE -> StackValues.NONE;
        };
    newBaselines.add(
        base == null || outcome == Outcome.RESTARTED ? profile : base.advancedTo(profile));
    List<UncommittedDelta> newUncommitted = new ArrayList<>(uncommitted);
    newUncommitted.removeIf(earlier -> checkpoints.isCommitted(earlier.checkpoint()));
    if (!delta.isEmpty()) {
      newUncommitted.add(new UncommittedDelta(place, checkpoints.last(), delta));
    }

    return new Step(new SeriesBaselines(newBaselines, newUncommitted), delta, outcome);
  }

  private static Outcome outcome(@Nullable Baseline base, boolean hasOthers, boolean isRestarted) {
    if (base == null) {
      return hasOthers ? Outcome.RESTARTED : Outcome.FIRST;
    }

    return isRestarted ? Outcome.RESTARTED : Outcome.CONTINUED;
  }

  /** This with a base line that the table is known to be at, unless a later one is here. */
  SeriesBaselines seeded(Baseline committed) {
    Baseline base = find(committed.process());
    if (base != null && base.timeMicros() >= committed.timeMicros()) {
      return this;
    }

    List<Baseline> newBaselines = new ArrayList<>(baselines);
    newBaselines.remove(base);
    newBaselines.add(committed);
    return new SeriesBaselines(newBaselines, uncommitted);
  }

  /** This without processes that nothing was received of since. */
  SeriesBaselines withoutExpired(long expiredBefore) {
    List<Baseline> kept =
        baselines.stream().filter(base -> base.receiveMillis() >= expiredBefore).toList();
    return kept.size() == baselines.size() ? this : new SeriesBaselines(kept, uncommitted);
  }

  boolean isEmpty() {
    return baselines.isEmpty();
  }

  private StackValues handedOnAt(long place) {
    for (UncommittedDelta delta : uncommitted) {
      if (delta.place() == place) {
        return delta.values();
      }
    }

    return StackValues.NONE;
  }

  /**
   * Finds the base line of a process. A profile that does not tell its process is taken for one of
   * the process seen last, and a base line that does not for one of any.
   */
  private @Nullable Baseline find(long process) {
    if (process == ProcessIdentity.UNKNOWN) {
      return baselines.stream().max(Comparator.comparing(Baseline::timeMicros)).orElse(null);
    }

    Baseline unknown = null;
    for (Baseline base : baselines) {
      if (base.process() == process) {
        return base;
      }

      unknown = base.process() == ProcessIdentity.UNKNOWN ? base : unknown;
    }

    return unknown;
  }
}
