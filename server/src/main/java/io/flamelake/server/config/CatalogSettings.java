/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import io.flamelake.catalog.CatalogConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The Iceberg catalog that holds the tables. */
@ConfigSection("Catalog")
public record CatalogSettings(
    @ConfigKey(
            name = "catalog.name",
            defaultValue = "flamelake",
            description = "The catalog's name. A JDBC catalog keeps it in its rows.")
        String name,
    @ConfigKey(
            name = "catalog.namespace",
            defaultValue = "flamelake",
            description = "The namespace of the tables `profiles`, `stacks` and `series`.")
        String namespace,
    @ConfigKey(
            name = "catalog.properties.*",
            description =
                "Iceberg's catalog properties, for example `type: rest`, `uri`, `warehouse`,"
                    + " `io-impl`. None: a JDBC catalog on SQLite, and the tables, below"
                    + " `storage.path`.")
        Map<String, String> properties) {

  public CatalogSettings {
    properties = new TreeMap<>(properties);
  }

  /** The catalog to open, given where an embedded one would be. */
  public CatalogConfig toCatalogConfig(Path storagePath) {
    return properties.isEmpty()
        ? CatalogConfig.embedded(storagePath)
        : new CatalogConfig(name, namespace, properties);
  }
}
