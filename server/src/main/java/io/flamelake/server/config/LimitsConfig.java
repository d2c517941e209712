/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static io.flamelake.server.config.Checks.checkAtLeast;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Limits of single tenants. */
@ConfigSection("Limits of tenants")
public record LimitsConfig(
    @ConfigKey(
            name = "limits.overrides-file",
            description =
                "A YAML file with limits of single tenants, `overrides: {TENANT: {max_query_length:"
                    + " 48h}}`, read again while the server runs. The names are in"
                    + " [http-api.md](http-api.md).")
        String overridesFile,
    @ConfigKey(
            name = "limits.reload-interval",
            defaultValue = "10s",
            description = "How often the file is looked at.")
        Duration reloadInterval) {

  public LimitsConfig {
    checkAtLeast("limits.reload-interval", reloadInterval, Duration.ofMillis(100));
  }

  /** The file, or null if there is none. */
  public @Nullable Path overridesPath() {
    return overridesFile.isEmpty() ? null : Path.of(overridesFile).toAbsolutePath();
  }
}
