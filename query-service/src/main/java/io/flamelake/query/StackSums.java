/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import io.flamelake.model.TenantId;
import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.model.normalize.StackTraces;
import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sums values per stack id. Ids mean something only together with the service and the UTC day of
 * the profile, so sums are kept apart by these. Both the table scan and the hot tail add to it; the
 * tail's rows bring their symbols along. Not thread-safe.
 */
public final class StackSums {
  /** The frame that stands for a stack whose symbols are not found. */
  public static final String UNKNOWN_STACK = "[unknown stack]";

  private final Map<Key, Group> groups = new TreeMap<>();
  private @Nullable Group last;

  /** The scope in which a stack id is unique. */
  public record Key(TenantId tenant, String serviceName, long epochDay) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparing((Key key) -> key.tenant.value())
            .thenComparing(Key::serviceName)
            .thenComparingLong(Key::epochDay);

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /** The sums of one scope. */
  public static final class Group {
    private final Key key;
    private Long2LongOpenHashMap sums = new Long2LongOpenHashMap();
    private final Set<StackTraces> symbols = Collections.newSetFromMap(new IdentityHashMap<>());

    Group(Key key) {
      this.key = key;
    }

    public Key key() {
      return key;
    }

    public void add(long stackId, long value) {
      sums.addTo(stackId, value);
    }

    /** Sums by stack id; to be changed by {@link #add} only. */
    public Long2LongOpenHashMap sums() {
      return sums;
    }

    /** Symbols of rows that may not be committed yet. */
    public Set<StackTraces> symbols() {
      return symbols;
    }
  }

  /** The sums of one scope, created if there are none. */
  public Group group(TenantId tenant, String serviceName, long epochDay) {
    Group latest = last;
    if (latest != null
        && latest.key.epochDay == epochDay
        && latest.key.serviceName.equals(serviceName)
        && latest.key.tenant.equals(tenant)) {
      return latest;
    }

    Group group =
        groups.computeIfAbsent(new Key(tenant, serviceName, epochDay), key -> new Group(key));
    this.last = group;
    return group;
  }

  /** The sums by scope, in the order of the keys. */
  public List<Group> groups() {
    return new ArrayList<>(groups.values());
  }

  /**
   * Adds the samples that {@code query} selects of a row whose profile it {@link
   * ProfileQuery#matches(ProfileRow) selects}, and returns how many there were.
   */
  public int add(ProfileRow row, ProfileQuery query) {
    int[] added = new int[1];
    @Nullable Group[] group = new Group[1];
    new SelectedSamples(row, query)
        .forEach(
            sample -> {
              Group target = group[0];
              if (target == null) {
                long day = TimeRange.epochDay(row.timeMicros());
                target = group(row.tenant(), row.serviceName(), day);
                target.symbols.add(row.stacks());
                group[0] = target;
              }

              target.add(row.stackIds()[sample], row.values()[sample]);
              added[0]++;
            });
    return added[0];
  }

  /** Adds all of another's sums. */
  public void addAll(StackSums other) {
    for (Group from : other.groups.values()) {
      Group to = group(from.key.tenant, from.key.serviceName, from.key.epochDay);
      to.symbols.addAll(from.symbols);
      // A map is walked in the order of its hashes; put so into a smaller one, all keys would
      // crowd.
      to.sums.ensureCapacity(to.sums.size() + from.sums.size());
      from.sums.long2LongEntrySet().fastForEach(e -> to.add(e.getLongKey(), e.getLongValue()));
    }
  }

  public boolean isEmpty() {
    return groups.isEmpty();
  }

  /** The sum over everything. */
  public long total() {
    long total = 0;
    for (Group group : groups.values()) {
      for (long value : group.sums.values()) {
        total += value;
      }
    }

    return total;
  }
}
