/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import static java.util.Objects.requireNonNull;

import org.apache.iceberg.Table;

/**
 * The tables of one namespace, as they were when they were loaded: a table shows newer commits
 * after its own {@link Table#refresh()}.
 */
public record LakeTables(Table profiles, Table stacks, Table series, Table flame1h, Table flame1d) {
  public LakeTables {
    requireNonNull(profiles, "profiles");
    requireNonNull(stacks, "stacks");
    requireNonNull(series, "series");
    requireNonNull(flame1h, "flame1h");
    requireNonNull(flame1d, "flame1d");
  }

  /** Looks for newer commits of all tables. */
  public void refresh() {
    // In the reverse of the order of commits: a profile that is seen has its stacks and series.
    profiles.refresh();
    series.refresh();
    stacks.refresh();
    flame1h.refresh();
    flame1d.refresh();
  }
}
