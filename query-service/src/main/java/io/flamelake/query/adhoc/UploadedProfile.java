/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.adhoc;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.flamegraph.CallTree;
import io.flamelake.model.pprof.PprofLimits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one file measured: a call tree for each type of its values. Has at least one. */
public final class UploadedProfile {
  /** Deeper stacks lose their leaves, as they do on ingest. */
  static final int MAX_DEPTH = PprofLimits.DEFAULT.maxDepth();

  /** Equally heavy nodes are never cut from a flame graph, so their number has to have an end. */
  private static final int MAX_NODES = 1 << 20;

  /** The stacks of one type, and the unit of their values. */
  public record Measured(CallTree tree, String unit) {}

  private final Map<String, Measured> types;
  private final String defaultType;

  /**
   * @param defaultType the type to show first; the first one if the profile has none of that name
   */
  UploadedProfile(Map<String, Measured> types, String defaultType) {
    if (types.isEmpty()) {
      throw new IllegalArgumentException("A profile without a sample type");
    }

    types.values().forEach(measured -> check(measured.tree));
    this.types = new LinkedHashMap<>(types);
    this.defaultType = types.containsKey(defaultType) ? defaultType : types().get(0);
  }

  private static void check(CallTree tree) {
    if (tree.nodeCount() > MAX_NODES) {
      throw new UnreadableProfileException(
          "The profile has " + tree.nodeCount() + " different stacks (max " + MAX_NODES + ")");
    }

    if (tree.total() < 0) {
      throw new UnreadableProfileException("The sum of the values is more than 63 bits");
    }
  }

  /** The types, in the order of the file. */
  public List<String> types() {
    return List.copyOf(types.keySet());
  }

  public String defaultType() {
    return defaultType;
  }

  public @Nullable Measured find(String type) {
    return types.get(requireNonNull(type, "type"));
  }
}
