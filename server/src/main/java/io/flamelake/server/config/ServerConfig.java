/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import java.util.EnumSet;
import java.util.Set;

/** What this process is. */
@ConfigSection("Process")
public record ServerConfig(
    @ConfigKey(
            name = "target",
            defaultValue = "all",
            description =
                "The parts to run: `all`, or a comma list of `gateway`, `ingester`, `querier`,"
                    + " `maintenance`, `catalog`."
                    + " Parts in different processes meet in the object store and the catalog"
                    + " only.")
        Set<Target> targets) {

  public ServerConfig {
    targets = EnumSet.copyOf(targets);
  }

  public boolean runs(Target target) {
    return targets.contains(target);
  }
}
