/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import io.flamelake.proto.querier.v1.SelectMergeStacktracesRequest;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What the page should show, from the API's own answers for one fixed range. */
final class UiOracle {
  private final FlamelakeClient client;
  private final long start;
  private final long end;

  /** Of the last quarter of an hour. */
  UiOracle(FlamelakeClient client) {
    this.client = client;
    this.end = Instant.now().toEpochMilli();
    this.start = end - TimeUnit.MINUTES.toMillis(15);
  }

  /** The page's parameters for this range, and more: name, value, name, value, … */
  String query(String... more) {
    StringBuilder query = new StringBuilder("?from=" + start + "&until=" + end);
    for (int i = 0; i < more.length; i += 2) {
      query.append('&').append(more[i]).append('=').append(encode(more[i + 1]));
    }

    return query.toString();
  }

  /** The total of what a selector chooses of the shop's CPU profiles. */
  long total(String selector) {
    return flameGraph(selector, List.of()).getFlamegraph().getTotal();
  }

  /** The total of the stacks that begin with these functions. */
  long totalOfCallSite(String selector, List<String> callSite) {
    return flameGraph(selector, callSite).getFlamegraph().getTotal();
  }

  private SelectMergeStacktracesResponse flameGraph(String selector, List<String> callSite) {
    SelectMergeStacktracesRequest.Builder request =
        SelectMergeStacktracesRequest.newBuilder()
            .setProfileTypeID(UiProfiles.TYPE)
            .setLabelSelector(fullSelector(selector))
            .setStart(start)
            .setEnd(end);
    for (String name : callSite) {
      request.getStackTraceSelectorBuilder().addCallSiteBuilder().setName(name);
    }

    return client.call(
        "querier.v1.QuerierService/SelectMergeStacktraces",
        request.build(),
        SelectMergeStacktracesResponse.getDefaultInstance());
  }

  /** The answer of /pyroscope/render. */
  String render(String selector, String format) {
    return client.getText(
        "/pyroscope/render?query="
            + encode(UiProfiles.TYPE + fullSelector(selector))
            + "&from="
            + start
            + "&until="
            + end
            + "&format="
            + format);
  }

  /** The value per stack, root first. */
  Map<List<String>, Long> stacks(String selector) {
    Map<List<String>, Long> stacks = new LinkedHashMap<>();
    for (String line : render(selector, "collapsed").split("\n", -1)) {
      int space = line.lastIndexOf(' ');
      if (space > 0) {
        List<String> stack = Arrays.asList(line.substring(0, space).split(";", -1));
        stacks.merge(stack, Long.valueOf(line.substring(space + 1)), Long::sum);
      }
    }

    return stacks;
  }

  /** The functions of all stacks. */
  long countFunctions(String selector) {
    return stacks(selector).keySet().stream().flatMap(Collection::stream).distinct().count();
  }

  /** The part of the value, in percent, of the stacks that have a function. */
  double percentOf(String selector, String function) {
    long matched = 0;
    long total = 0;
    for (Map.Entry<List<String>, Long> stack : stacks(selector).entrySet()) {
      total += stack.getValue();
      matched += stack.getKey().contains(function) ? stack.getValue() : 0;
    }

    return 100.0 * matched / total;
  }

  /** A time as the page writes it: its two largest units. */
  static String duration(long nanos) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos);
    if (seconds < 60 || seconds >= 3600) {
      throw new IllegalArgumentException("Not minutes: " + nanos + " ns");
    }

    return seconds / 60 + " min " + seconds % 60 + " s";
  }

  private static String fullSelector(String selector) {
    String rest = selector.isEmpty() ? "" : ", " + selector;
    return "{service_name=\"" + UiProfiles.SERVICE + "\"" + rest + "}";
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
