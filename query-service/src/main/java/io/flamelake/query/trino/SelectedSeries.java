/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import io.flamelake.model.LabelNames;
import io.flamelake.model.LabelSet;
import io.flamelake.model.Matcher;
import io.flamelake.query.ProfileQuery;
import io.flamelake.query.trino.SeriesIndex.Series;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a query's selector means for the rows of {@code profiles}: nothing at all, or one service,
 * or certain series. Regular expressions and negations never reach SQL: they are applied to the
 * distinct series here, by the same code as in the hot tail.
 */
final class SelectedSeries {
  private static final SelectedSeries NOTHING = new SelectedSeries(null, List.of(), true);

  private final @Nullable String service;
  private final @Nullable List<Series> series;
  private final boolean restricted;

  /**
   * @param service the only one whose series are selected; null if it may be any
   * @param series the selected ones; null if nobody asked
   * @param restricted whether there are others of this service
   */
  private SelectedSeries(
      @Nullable String service, @Nullable List<Series> series, boolean restricted) {
    this.service = service;
    this.series = series;
    this.restricted = restricted;
  }

  /** Lists the series of one service, or of all if it is null. */
  @FunctionalInterface
  interface Lister {
    List<Series> list(@Nullable String service);
  }

  /**
   * Applies the selector.
   *
   * @param withLabels whether the labels are needed even if the selector does not ask for them
   */
  static SelectedSeries of(ProfileQuery query, boolean withLabels, Lister lister) {
    LabelSet derived = query.type().labels("");
    String service = null;
    boolean byLabels = false;
    for (Matcher matcher : query.selector().matchers()) {
      if (isService(matcher.name())) {
        if (matcher.operator() != Matcher.Operator.EQUAL) {
          byLabels = true;
        } else if (service == null) {
          service = matcher.value();
        } else if (!service.equals(matcher.value())) {
          return NOTHING;
        }
      } else if (isDerived(query, matcher.name())) {
        if (!matcher.matches(derived.value(matcher.name()))) {
          return NOTHING;
        }
      } else {
        byLabels = true;
      }
    }

    if (!byLabels && !withLabels) {
      return new SelectedSeries(service, null, false);
    }

    List<Series> all = lister.list(service);
    List<Series> selected =
        all.stream().filter(one -> query.selector().matches(one.allLabels())).toList();
    return new SelectedSeries(service, selected, selected.size() < all.size());
  }

  private static boolean isService(String label) {
    return label.equals(LabelNames.SERVICE_NAME) || label.equals(LabelNames.SERVICE_NAME_PRIVATE);
  }

  /** Whether all series of the query's type have the same value of a label. */
  private static boolean isDerived(ProfileQuery query, String label) {
    return !isService(label) && query.type().labels("any").findValue(label) != null;
  }

  /** Whether the query needs the stored labels to tell its groups. */
  static boolean needsLabels(ProfileQuery query, List<String> groupBy) {
    return !groupBy.stream().allMatch(label -> isService(label) || isDerived(query, label));
  }

  boolean isNothing() {
    return series != null && series.isEmpty();
  }

  @Nullable String service() {
    return service;
  }

  /** The selected series, if they were asked for or the selector needs them. */
  List<Series> series() {
    return series == null ? List.of() : series;
  }

  /** The rows to ask for, statement by statement. */
  List<RowFilter> filters(ProfileQuery query) {
    if (isNothing() || query.range().isEmpty()) {
      return List.of();
    }

    return restricted
        ? filtersBySeries(query)
        : List.of(new RowFilter(query, query.range(), service, null));
  }

  /**
   * The rows to ask for, by names of their series even if those are all of the service. Trino's
   * statements are not long enough to name any number of series in one of them.
   */
  List<RowFilter> filtersBySeries(ProfileQuery query) {
    List<RowFilter> filters = new ArrayList<>();
    List<Series> all = query.range().isEmpty() ? List.of() : series();
    for (int from = 0; from < all.size(); from += Sql.MAX_IDS) {
      filters.add(
          new RowFilter(
              query,
              query.range(),
              service,
              all.subList(from, Math.min(all.size(), from + Sql.MAX_IDS))));
    }

    return filters;
  }
}
