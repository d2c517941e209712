/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import io.flamelake.model.TenantId;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Items of many tenants that wait, handed out so that tenants who have some waiting get the same
 * number of bytes, however much the others have waiting. Of one tenant the first comes first.
 *
 * <p>Start-time fair queueing: a tenant's next item is due when those before it have been served,
 * on a clock that counts the bytes that each waiting tenant was served. Who comes anew is due now,
 * so behind one item of each other tenant at most.
 *
 * <p>Not thread-safe.
 */
public final class TenantQueue<T> {

  private final Map<TenantId, Line<T>> lines = new HashMap<>();
  private final PriorityQueue<Line<T>> byTurn =
      new PriorityQueue<>(
          Comparator.<Line<T>>comparingLong(line -> line.due)
              .thenComparingLong(line -> line.arrival));
  private long now;
  private long arrivals;
  private int size;
  private long bytes;

  /**
   * Adds an item behind the others of its tenant.
   *
   * @param itemBytes its share of what is handed out; less than 1 counts as 1
   */
  public void add(TenantId tenant, long itemBytes, T item) {
    long cost = Math.max(1, itemBytes);
    Line<T> line = lines.get(tenant);
    if (line == null) {
      line = new Line<>(tenant, now);
      line.arrival = arrivals++;
      lines.put(tenant, line);
      line.items.addLast(new Item<>(cost, item));
      byTurn.add(line);
    } else {
      line.items.addLast(new Item<>(cost, item));
    }

    size++;
    bytes += cost;
  }

  /** Removes the item whose turn it is, or returns null if there is none. */
  public @Nullable T poll() {
    Line<T> line = byTurn.poll();
    if (line == null) {
      return null;
    }

    Item<T> item = line.items.removeFirst();
    now = line.due;
    line.due += item.bytes;
    count(item);
    if (line.items.isEmpty()) {
      lines.remove(line.tenant);
    } else {
      line.arrival = arrivals++;
      byTurn.add(line);
    }

    return item.value;
  }

  /** Removes the last item of the tenant who has the most of them, or returns null. */
  public @Nullable T removeFromLongest() {
    Line<T> longest = null;
    for (Line<T> line : lines.values()) {
      if (longest == null
          || line.items.size() > longest.items.size()
          || (line.items.size() == longest.items.size() && line.arrival > longest.arrival)) {
        longest = line;
      }
    }

    if (longest == null) {
      return null;
    }

    Item<T> item = longest.items.removeLast();
    count(item);
    if (longest.items.isEmpty()) {
      lines.remove(longest.tenant);
      byTurn.remove(longest);
    }

    return item.value;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  public int size() {
    return size;
  }

  /** The bytes of all items. */
  public long bytes() {
    return bytes;
  }

  private void count(Item<T> removed) {
    size--;
    bytes -= removed.bytes;
  }

  private record Item<T>(long bytes, T value) {}

  /** The waiting items of one tenant; there is none without items. */
  private static final class Line<T> {

    private final TenantId tenant;
    private final Deque<Item<T>> items = new ArrayDeque<>();

    /** When the first item's turn is, on the queue's clock. */
    private long due;

    /** Decides between equal turns: who was served or came first. */
    private long arrival;

    Line(TenantId tenant, long due) {
      this.tenant = tenant;
      this.due = due;
    }
  }
}
