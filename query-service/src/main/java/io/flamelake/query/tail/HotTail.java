/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.tail;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.model.TenantId;
import io.flamelake.query.ProfileSnapshot;
import io.flamelake.query.ProfileStore;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.QueryConfig;
import io.flamelake.segment.CorruptSegmentException;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.Segment;
import io.flamelake.segment.SegmentFooter;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.store.ObjectNotFoundException;
import io.flamelake.segment.store.ObjectStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows acknowledged profiles that the tables do not hold yet.
 *
 * <p>Every query looks at the log itself, whichever process wrote it, so that a profile is in the
 * first query after its acknowledgement. A thread in the background does the same all the time, for
 * the tenants that have asked lately, so that a query finds most of the tail decoded.
 *
 * <p>A profile that a client sent twice, with the same id, is counted once: a row is left out when
 * its key is among those that the pinned version holds, or came earlier in the tail. A segment that
 * cannot be read stops its lane here as it does in the ingest job: what follows it is not shown
 * until the tables are past it.
 *
 * <p>Safe for use by many threads.
 */
public final class HotTail implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HotTail.class);
  private static final int READER_THREADS = 4;
  private static final int BLOCKS_AT_ONCE = 2 * READER_THREADS;
  private static final int MAX_WARMED_BLOCKS = 64;
  private static final Duration WARM_AFTER_QUERY = Duration.ofMinutes(10);

  private final ProfileStore store;
  private final SegmentLog log;
  private final CommittedKeys committedKeys;
  private final TailBlocks blocks;
  private final SharedStrings strings = new SharedStrings();
  private final Clock clock;
  private final Duration refreshInterval;
  private final Map<LaneId, TailLane> lanes = new ConcurrentHashMap<>();
  private final Map<TenantId, Long> lastQueryMillis = new ConcurrentHashMap<>();
  private final ExecutorService readers = Executors.newFixedThreadPool(READER_THREADS, threads());
  private final ScheduledExecutorService refresher =
      Executors.newSingleThreadScheduledExecutor(threads());
  private final Counter decoded;
  private final Counter skipped;
  private final Counter duplicatesHidden;
  private volatile boolean refreshFails;

  /**
   * @param store pins the versions that the background thread looks after
   * @param profiles the table of profiles; used and refreshed by this object alone
   */
  public HotTail(
      QueryConfig config,
      ProfileStore store,
      ObjectStore objects,
      Table profiles,
      MeterRegistry meters,
      Clock clock) {
    this.store = requireNonNull(store, "store");
    this.log = new SegmentLog(objects);
    this.clock = requireNonNull(clock, "clock");
    this.committedKeys = new CommittedKeys(profiles, config.duplicateWindow(), clock);
    this.blocks = new TailBlocks(config.maxTailBytes());
    this.refreshInterval = config.tailRefreshInterval();
    this.decoded = meters.counter("flamelake.query.tail.decoded.profiles");
    this.skipped = meters.counter("flamelake.query.tail.malformed.profiles");
    this.duplicatesHidden = meters.counter("flamelake.query.tail.duplicates");
    Gauge.builder("flamelake.query.tail.bytes", blocks, TailBlocks::bytes)
        .description("Memory that decoded profiles of the tail take, roughly")
        .register(meters);
    Gauge.builder("flamelake.query.tail.segments", lanes, HotTail::segmentCount)
        .description("Segments that are not committed yet")
        .register(meters);
    Gauge.builder("flamelake.query.tail.stopped.lanes", lanes, HotTail::stoppedLaneCount)
        .description("Lanes that stop at a segment which cannot be read")
        .register(meters);
  }

  /** Starts looking for segments in the background. */
  public void start() {
    refresher.scheduleWithFixedDelay(
        this::refreshQuietly, 0, refreshInterval.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Returns the profiles of some tenants after a pinned version, as of now.
   *
   * @throws StaleTailException if the version is too old for that: pin a newer one
   */
  public List<TailView> after(ProfileSnapshot snapshot, List<TenantId> tenants) {
    long now = clock.millis();
    tenants.forEach(tenant -> lastQueryMillis.put(tenant, now));
    LaneWatermarks watermarks = snapshot.watermarks();
    List<TailSegment> segments = segmentsAfter(watermarks);
    List<List<TailSegment>> segmentsByTenant =
        tenants.stream().map(tenant -> segmentsOf(tenant, segments)).toList();
    if (!segmentsByTenant.stream().allMatch(List::isEmpty)) {
      committedKeys.loadUpTo(watermarks);
    }

    CommittedKeys.Version committed = committedKeys.version(watermarks);
    List<TailView> views = new ArrayList<>();
    for (int i = 0; i < tenants.size(); i++) {
      views.add(new TailView(this, tenants.get(i), segmentsByTenant.get(i), committed));
    }

    return views;
  }

  /**
   * Passes over a tenant's blocks of some segments, lane by lane in the order of each. Blocks are
   * decoded a few at a time, so that a tail of any length fits into memory.
   *
   * @throws StaleTailException if a segment has vanished
   */
  void forEachBlock(
      List<TailSegment> segments,
      TenantId tenant,
      QueryCancellation cancellation,
      Consumer<TailBlock> consumer) {
    @Nullable LaneId stopped = null;
    for (int start = 0; start < segments.size(); start += BLOCKS_AT_ONCE) {
      cancellation.check();
      int end = Math.min(segments.size(), start + BLOCKS_AT_ONCE);
      for (BlockOrCorruption found : blocks(segments.subList(start, end), tenant)) {
        if (found.lane.equals(stopped)) {
          continue;
        }

        if (found.block == null) {
          stopped = found.lane;
        } else {
          consumer.accept(found.block);
        }
      }
    }
  }

  /** Counts rows that were left out because the same profile is counted elsewhere. */
  void countDuplicates(int rows) {
    duplicatesHidden.increment(rows);
  }

  @Override
  public void close() {
    refresher.shutdownNow();
    readers.shutdownNow();
  }

  private static List<TailSegment> segmentsOf(TenantId tenant, List<TailSegment> segments) {
    return segments.stream().filter(segment -> segment.footer().findBlock(tenant) != null).toList();
  }

  private List<TailSegment> segmentsAfter(LaneWatermarks watermarks) {
    List<LaneId> listed = log.lanes();
    Set<LaneId> ids = new HashSet<>(listed);
    forgetLanes(ids);
    ids.addAll(lanes.keySet());
    List<Supplier<List<TailSegment>>> tasks = new ArrayList<>();
    for (LaneId id : ids) {
      long watermark = watermarks.sequence(id.value());
      TailLane lane = lanes.computeIfAbsent(id, key -> new TailLane(key, log, watermark));
      tasks.add(() -> lane.after(watermark));
    }

    List<TailSegment> segments = new ArrayList<>();
    inParallel(tasks).forEach(segments::addAll);
    segments.sort((left, right) -> left.id().compareTo(right.id()));
    return segments;
  }

  /** Forgets lanes whose objects were all deleted after they were committed. */
  private void forgetLanes(Set<LaneId> listed) {
    lanes.values().removeIf(lane -> !listed.contains(lane.id()) && lane.segmentCount() == 0);
  }

  /** A block, or none where the lane stops because its segment is corrupt. */
  private record BlockOrCorruption(LaneId lane, @Nullable TailBlock block) {}

  private List<BlockOrCorruption> blocks(List<TailSegment> segments, TenantId tenant) {
    List<Supplier<BlockOrCorruption>> tasks = new ArrayList<>();
    boolean isDecoded = true;
    for (TailSegment segment : segments) {
      isDecoded &= blocks.contains(segment.id(), tenant);
      tasks.add(() -> block(segment, tenant));
    }

    return isDecoded ? tasks.stream().map(Supplier::get).toList() : inParallel(tasks);
  }

  private BlockOrCorruption block(TailSegment segment, TenantId tenant) {
    LaneId laneId = segment.id().lane();
    try {
      return new BlockOrCorruption(
          laneId, blocks.get(segment.id(), tenant, () -> decode(segment, tenant)));
    } catch (CorruptSegmentException e) {
      TailLane lane = lanes.get(laneId);
      if (lane != null) {
        lane.stopAt(e);
      }

      return new BlockOrCorruption(laneId, null);
    }
  }

  private TailBlock decode(TailSegment segment, TenantId tenant) {
    SegmentFooter footer = segment.footer();
    try {
      Segment content = log.readTenant(segment.id(), footer, tenant);
      return new TailDecoder(strings, decoded, skipped).decode(content, tenant);
    } catch (ObjectNotFoundException e) {
      throw new StaleTailException("Segment " + segment.id() + " has vanished", e);
    }
  }

  private void refreshQuietly() {
    try {
      refresh();
      if (refreshFails) {
        LOG.info("The hot tail is being refreshed again");
        this.refreshFails = false;
      }
    } catch (RuntimeException e) {
      if (!refreshFails && !refresher.isShutdown()) {
        LOG.warn("Cannot refresh the hot tail, queries will read it themselves", e);
      }

      this.refreshFails = true;
    }
  }

  private void refresh() {
    LaneWatermarks watermarks = store.pin().watermarks();
    committedKeys.loadUpTo(watermarks);
    List<TailSegment> segments = segmentsAfter(watermarks);
    blocks.dropCovered(watermarks);
    long oldest = clock.millis() - WARM_AFTER_QUERY.toMillis();
    lastQueryMillis.values().removeIf(time -> time < oldest);
    for (TenantId tenant : lastQueryMillis.keySet()) {
      warm(segments, tenant);
    }
  }

  private void warm(List<TailSegment> segments, TenantId tenant) {
    List<TailSegment> missing =
        segments.stream()
            .filter(segment -> segment.footer().findBlock(tenant) != null)
            .filter(segment -> !blocks.contains(segment.id(), tenant))
            .toList();
    // The newest, if not all fit: they are what a query would otherwise wait for first.
    int first = Math.max(0, missing.size() - MAX_WARMED_BLOCKS);
    forEachBlock(
        missing.subList(first, missing.size()), tenant, new QueryCancellation(), block -> {});
  }

  /** Runs tasks on the readers, or here if there is just one; results are in the tasks' order. */
  private <T> List<T> inParallel(List<Supplier<T>> tasks) {
    if (tasks.size() == 1) {
      return List.of(tasks.get(0).get());
    }

    List<CompletableFuture<T>> futures =
        tasks.stream().map(task -> CompletableFuture.supplyAsync(task, readers)).toList();
    List<T> results = new ArrayList<>(futures.size());
    try {
      for (CompletableFuture<T> future : futures) {
        results.add(future.join());
      }
    } catch (CompletionException e) {
      futures.forEach(future -> future.cancel(false));
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }

    return results;
  }

  private static double segmentCount(Map<LaneId, TailLane> lanes) {
    return lanes.values().stream().mapToInt(TailLane::segmentCount).sum();
  }

  private static double stoppedLaneCount(Map<LaneId, TailLane> lanes) {
    return lanes.values().stream().filter(lane -> lane.corruptSegment() != null).count();
  }

  private static ThreadFactory threads() {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, "flamelake-tail-" + number.getAndIncrement());
      thread.setDaemon(true);
      return thread;
    };
  }
}
