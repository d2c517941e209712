/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import io.flamelake.testkit.HistorySeries;
import io.flamelake.testkit.ProfileHistory;
import java.util.Random;
import java.util.function.Predicate;

/** A selector in the query language, and what it selects of a history's series. */
record HistorySelector(String text, Predicate<HistorySeries> matches) {
  /** The forms before this one ask for services only. */
  private static final int OF_PODS = 5;

  private static final int FORMS = 8;

  /** Draws one of the forms that are answered in different ways. */
  static HistorySelector draw(Random random) {
    return draw(random, random.nextInt(FORMS));
  }

  /** Draws a selector that has conditions on services alone. */
  static HistorySelector drawOfServices(Random random) {
    return draw(random, random.nextInt(OF_PODS));
  }

  private static HistorySelector draw(Random random, int form) {
    String service = ProfileHistory.SERVICES.get(random.nextInt(ProfileHistory.SERVICES.size()));
    String other = ProfileHistory.SERVICES.get(random.nextInt(ProfileHistory.SERVICES.size()));
    String pod = service + "-" + random.nextInt(ProfileHistory.PODS_PER_SERVICE);
    return switch (form) {
      case 0 -> new HistorySelector("{}", series -> true);
      case 1 ->
          new HistorySelector(
              "{service_name!=\"" + service + "\"}", series -> !series.service().equals(service));
      case 2 ->
          new HistorySelector(
              "{service_name=~\"" + service + "|" + other + "\"}",
              series -> series.service().equals(service) || series.service().equals(other));
      case 3 ->
          new HistorySelector(
              CpuQueries.ofService(service), series -> series.service().equals(service));
      case 4 -> new HistorySelector("{service_name=\"absent\"}", series -> false);
      case OF_PODS ->
          new HistorySelector("{pod=\"" + pod + "\"}", series -> series.pod().equals(pod));
      case 6 -> new HistorySelector("{pod=~\".*-1\"}", series -> series.pod().endsWith("-1"));
      default ->
          new HistorySelector(
              "{service_name=\"" + service + "\", pod!=\"" + pod + "\"}",
              series -> series.service().equals(service) && !series.pod().equals(pod));
    };
  }
}
