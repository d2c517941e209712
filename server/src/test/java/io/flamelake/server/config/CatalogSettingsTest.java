/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CatalogSettingsTest {
  @Test
  void defaults() {
    assertThat(Bindings.defaults(CatalogSettings.class))
        .isEqualTo(new CatalogSettings("flamelake", "flamelake", Map.of(), true, false));
  }

  @Test
  void everyKeyMaps() {
    assertThat(
            Bindings.bind(
                CatalogSettings.class,
                "catalog.name",
                "lake",
                "catalog.namespace",
                "profiling",
                "catalog.properties.type",
                "rest",
                "catalog.properties.io-impl",
                "x.FileIO",
                "catalog.rest.enabled",
                "false",
                "catalog.rest.read-only",
                "true"))
        .isEqualTo(
            new CatalogSettings(
                "lake", "profiling", Map.of("type", "rest", "io-impl", "x.FileIO"), false, true));
  }
}
