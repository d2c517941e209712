/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.config;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A kind of profile that targets serve.
 *
 * @param name the {@code __name__} of its series
 * @param path where it is served
 * @param delta whether the request asks for a number of seconds, which the answer then takes
 * @param enabled whether it is scraped
 */
public record ProfileConfig(String name, String path, boolean delta, boolean enabled) {

  /** Those of Go's net/http/pprof are on; what a program serves only by another library is not. */
  static final List<ProfileConfig> DEFAULTS =
      List.of(
          new ProfileConfig("memory", "/debug/pprof/allocs", false, true),
          new ProfileConfig("block", "/debug/pprof/block", false, true),
          new ProfileConfig("goroutine", "/debug/pprof/goroutine", false, true),
          new ProfileConfig("mutex", "/debug/pprof/mutex", false, true),
          new ProfileConfig("process_cpu", "/debug/pprof/profile", true, true),
          new ProfileConfig("fgprof", "/debug/fgprof", true, false),
          new ProfileConfig("godeltaprof_memory", "/debug/pprof/delta_heap", false, false),
          new ProfileConfig("godeltaprof_mutex", "/debug/pprof/delta_mutex", false, false),
          new ProfileConfig("godeltaprof_block", "/debug/pprof/delta_block", false, false));

  public ProfileConfig {
    requireNonNull(name, "name");
    requireNonNull(path, "path");
  }
}
