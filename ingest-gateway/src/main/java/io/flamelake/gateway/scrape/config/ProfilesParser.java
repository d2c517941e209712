/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads which profiles a job scrapes: the defaults, changed by {@code pprof_config}. */
final class ProfilesParser {

  private ProfilesParser() {}

  static List<ProfileConfig> parse(@Nullable YamlMapping pprofConfig) {
    Map<String, ProfileConfig> profiles = new LinkedHashMap<>();
    ProfileConfig.DEFAULTS.forEach(profile -> profiles.put(profile.name(), profile));
    if (pprofConfig != null) {
      for (String name : pprofConfig.keys()) {
        profiles.put(name, parse(name, pprofConfig, profiles.get(name)));
      }
    }

    return profiles.values().stream().filter(ProfileConfig::enabled).toList();
  }

  private static ProfileConfig parse(
      String name, YamlMapping parent, @Nullable ProfileConfig known) {
    YamlMapping mapping = parent.findMapping(name);
    if (mapping == null) {
      throw parent.error(name, name + " is no mapping of enabled, path and delta");
    }

    ProfileConfig profile =
        new ProfileConfig(
            name,
            known == null ? mapping.requiredText("path") : mapping.text("path", known.path()),
            mapping.flag("delta", known != null && known.delta()),
            mapping.flag("enabled", true));
    mapping.checkNothingElse();
    if (!profile.path().startsWith("/")) {
      throw mapping.error("path", "path: '" + profile.path() + "' (expected: /…)");
    }

    return profile;
  }
}
