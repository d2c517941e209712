/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.api;

import io.flamelake.model.pprof.Pprof;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the name of a profile, {@code process_cpu} or {@code memory}, from its sample types. */
final class ProfileName {

  private static final String WALL = "wall";

  /** What old SDKs mean by sample types they do not describe. */
  private static final Map<String, String> DEFAULT_DISPLAY_NAMES =
      Map.of(
          "samples", "cpu",
          "goroutine", "goroutines",
          "contentions", "mutex_count",
          "delay", "mutex_duration");

  private ProfileName() {}

  /**
   * Returns the value of {@code __name__}.
   *
   * @param configs what the client says about its sample types; empty if nothing
   */
  static String of(Pprof pprof, Map<String, SampleTypeConfig> configs) {
    List<String> types = new ArrayList<>();
    for (int type = 0; type < pprof.sampleTypeCount(); type++) {
      types.add(pprof.sampleType(type));
    }

    if (types.contains(WALL)) {
      return WALL;
    }

    for (String type : types) {
      String name = findName(displayName(type, configs));
      if (name != null) {
        return name;
      }
    }

    return types.get(0);
  }

  private static String displayName(String type, Map<String, SampleTypeConfig> configs) {
    if (configs.isEmpty()) {
      return DEFAULT_DISPLAY_NAMES.getOrDefault(type, type);
    }

    SampleTypeConfig config = configs.get(type);
    return config == null || config.displayName() == null ? type : config.displayName();
  }

  private static @Nullable String findName(String displayName) {
    if (displayName.contains("cpu")) {
      return "process_cpu";
    }

    if (displayName.startsWith("alloc_")
        || displayName.startsWith("inuse_")
        || displayName.equals("space")
        || displayName.equals("objects")) {
      return "memory";
    }

    if (displayName.startsWith("mutex_")) {
      return "mutex";
    }

    if (displayName.startsWith("block_")) {
      return "block";
    }

    return displayName.equals("goroutines") ? "goroutines" : null;
  }
}
