/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.rest.RestAccess;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.CatalogUtil;
import org.jspecify.annotations.Nullable;

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
        Map<String, String> properties,
    @ConfigKey(
            name = "catalog.rest.enabled",
            defaultValue = "true",
            description =
                "Serves the catalog by Iceberg's REST protocol at `/iceberg`, where target"
                    + " `catalog` runs and the catalog is no REST catalog itself. Whoever reaches"
                    + " the port reads all tenants' tables.")
        boolean restEnabled,
    @ConfigKey(
            name = "catalog.rest.read-only",
            defaultValue = "false",
            description =
                "Refuses everything but reads at `/iceberg`. Processes of Flamelake that use it as"
                    + " their catalog need to write.")
        boolean restReadOnly) {

  public CatalogSettings {
    properties = new TreeMap<>(properties);
  }

  /** What clients of the REST endpoint may do. */
  public RestAccess restAccess() {
    return restReadOnly ? RestAccess.READ_ONLY : RestAccess.READ_WRITE;
  }

  /** Returns why this catalog cannot be served by REST, or null if it can. */
  public @Nullable String findRestObstacle() {
    if (!restEnabled) {
      return "catalog.rest.enabled is false";
    }

    String type = properties.getOrDefault(CatalogUtil.ICEBERG_CATALOG_TYPE, "");
    return type.equals(CatalogUtil.ICEBERG_CATALOG_TYPE_REST)
        ? "catalog.properties.type is rest, so another process serves it already"
        : null;
  }

  /** The catalog to open, given where an embedded one would be. */
  public CatalogConfig toCatalogConfig(Path storagePath) {
    return properties.isEmpty()
        ? CatalogConfig.embedded(storagePath)
        : new CatalogConfig(name, namespace, properties);
  }
}
