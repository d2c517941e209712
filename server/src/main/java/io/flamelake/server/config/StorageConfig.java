/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Where everything is kept. */
@ConfigSection("Storage")
public record StorageConfig(
    @ConfigKey(
            name = "storage.path",
            defaultValue = "./data",
            description =
                "The directory of this process: segments, tables and catalog unless they are"
                    + " configured to be elsewhere, and the ingest job's checkpoints.")
        Path path,
    @ConfigKey(
            name = "object-store.uri",
            description =
                "Where segments go: `s3://bucket/prefix` or `file:///directory`. Empty: into"
                    + " `storage.path`. The store must honour `If-None-Match`; that is probed at"
                    + " start.")
        String objectStoreUri,
    @ConfigKey(
            name = "object-store.properties.*",
            description =
                "Properties of the store: `s3.endpoint`, `s3.path-style-access`,"
                    + " `s3.access-key-id`, `s3.secret-access-key`, `client.region`;"
                    + " `local.durability` (`disk` or `page-cache`).")
        Map<String, String> objectStoreProperties) {

  public StorageConfig {
    objectStoreProperties = new TreeMap<>(objectStoreProperties);
  }

  /** The configured URI, or that of {@link #path}. */
  public String effectiveObjectStoreUri() {
    // A directory that exists already gets a slash at the end from the JDK.
    return objectStoreUri.isEmpty()
        ? path.toUri().toString().replaceFirst("/$", "")
        : objectStoreUri;
  }

  /** Where an embedded Flink cluster with the ingest job keeps its state. */
  public Path flinkDirectory() {
    return path.resolve("flink");
  }

  /** Where one that runs maintenance alone does, and where maintenance spills. */
  public Path maintenanceDirectory() {
    return path.resolve("maintenance");
  }

  /**
   * Whether segments go into {@link #path}, which no second gateway uses; another store may be
   * shared with gateways elsewhere.
   */
  public boolean isOwnStore() {
    return objectStoreUri.isEmpty();
  }

  /** Whether segments go to an object store over the network. */
  public boolean isRemote() {
    return effectiveObjectStoreUri().startsWith("s3:");
  }
}
