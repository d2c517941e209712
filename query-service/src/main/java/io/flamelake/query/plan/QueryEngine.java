/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.plan;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.TenantId;
import io.flamelake.query.ProfileSnapshot;
import io.flamelake.query.ProfileStore;
import io.flamelake.query.ProfileStoreException;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.QueryReads;
import io.flamelake.query.tail.HotTail;
import io.flamelake.query.tail.StaleTailException;
import io.flamelake.query.tail.TailView;
import java.util.List;
import java.util.function.Function;

/**
 * Answers questions about all acknowledged profiles of some tenants, each of them counted once.
 *
 * <p>The version of the tables is pinned first and the tail listed after it, so that a profile that
 * is committed in between is seen twice by nobody and missed by nobody: it is after the pinned
 * version's watermark, hence the tail's.
 *
 * <p>Safe for use by many threads. Blocks the calling thread.
 */
public final class QueryEngine {
  private static final int MAX_PINS = 3;

  private final ProfileStore store;
  private final HotTail tail;

  public QueryEngine(ProfileStore store, HotTail tail) {
    this.store = requireNonNull(store, "store");
    this.tail = requireNonNull(tail, "tail");
  }

  /** Asks a question of a caller that does not want to know what is read. */
  public <T> T answer(
      List<TenantId> tenants,
      QueryCancellation cancellation,
      Function<PinnedProfiles, T> question) {
    return answer(tenants, cancellation, new QueryReads(), question);
  }

  /**
   * Asks a question of the newest profiles. If segments of the tail are committed and deleted while
   * it is being answered, the question is asked again of a newer version, so it must not have
   * effects.
   *
   * @param tenants each once
   * @param reads is told what is read, for questions that were asked again too
   * @throws ProfileStoreException if there is no complete answer
   */
  public <T> T answer(
      List<TenantId> tenants,
      QueryCancellation cancellation,
      QueryReads reads,
      Function<PinnedProfiles, T> question) {
    for (int pins = 1; ; pins++) {
      cancellation.check();
      ProfileSnapshot snapshot = store.pin(reads);
      try {
        List<TailView> tails = tail.after(snapshot, tenants);
        tails.forEach(view -> reads.addTailSegments(view.segmentCount()));
        return question.apply(new PinnedProfiles(snapshot, tails, cancellation, reads));
      } catch (StaleTailException e) {
        if (pins == MAX_PINS) {
          throw new ProfileStoreException("Segments vanish faster than a query can read them", e);
        }
      }
    }
  }
}
