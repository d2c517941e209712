/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;

/** Values by stack, as {@code /pyroscope/render?format=collapsed} lists them. */
final class CollapsedStacks {
  private CollapsedStacks() {}

  /**
   * Asks for the stacks of a query.
   *
   * @param query profile type and selector
   */
  static SortedMap<String, Long> ask(
      FlamelakeClient client, String query, long fromMillis, long untilMillis, long maxNodes) {
    String collapsed =
        client.getText(
            "/pyroscope/render?format=collapsed&maxNodes="
                + maxNodes
                + "&from="
                + fromMillis
                + "&until="
                + untilMillis
                + "&query="
                + URLEncoder.encode(query, StandardCharsets.UTF_8));
    SortedMap<String, Long> stacks = new TreeMap<>();
    collapsed
        .lines()
        .forEach(
            line -> {
              int space = line.lastIndexOf(' ');
              stacks.put(line.substring(0, space), Long.parseLong(line.substring(space + 1)));
            });
    return stacks;
  }
}
