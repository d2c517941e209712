/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog.rest;

import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.apache.iceberg.exceptions.BadRequestException;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list in the order of its names. The token of the next page is the last name of this
 * one, so that nothing is left out when names come and go between two pages.
 *
 * @param nextToken null on the last page
 */
record RestPage<T>(List<T> elements, @Nullable String nextToken) {

  /** Returns the page that the client asked for, or everything if it asked for none. */
  static <T> RestPage<T> of(List<T> all, Function<T, String> nameOf, RestCall call) {
    List<T> sorted = all.stream().sorted(Comparator.comparing(nameOf)).toList();
    String token = call.findParameter("pageToken");
    if (token != null && !token.isEmpty()) {
      sorted = sorted.stream().filter(e -> nameOf.apply(e).compareTo(token) > 0).toList();
    }

    int size = size(call);
    if (sorted.size() <= size) {
      return new RestPage<>(sorted, null);
    }

    return new RestPage<>(sorted.subList(0, size), nameOf.apply(sorted.get(size - 1)));
  }

  private static int size(RestCall call) {
    String text = call.findParameter("pageSize");
    if (text == null) {
      return Integer.MAX_VALUE;
    }

    int size;
    try {
      size = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      size = 0;
    }

    if (size < 1) {
      throw new BadRequestException("pageSize: %s (expected: a positive number)", text);
    }

    return size;
  }
}
