/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.awaitility.Awaitility.await;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;

/** The tables as anybody sees them: Iceberg's generic reader, row by row. */
final class OpenTables implements AutoCloseable {
  private final LakeCatalog catalog;

  private OpenTables(LakeCatalog catalog) {
    this.catalog = catalog;
  }

  /** Opens the embedded catalog of a server that runs or ran on this directory. */
  static OpenTables of(Path storage) {
    return of(CatalogConfig.embedded(storage));
  }

  static OpenTables of(CatalogConfig config) {
    return new OpenTables(LakeCatalog.open(config));
  }

  List<Record> profiles() {
    return rows(catalog.tables().profiles());
  }

  List<Record> stacks() {
    return rows(catalog.tables().stacks());
  }

  List<Record> series() {
    return rows(catalog.tables().series());
  }

  Table profilesTable() {
    return catalog.tables().profiles();
  }

  Table stacksTable() {
    return catalog.tables().stacks();
  }

  /** Waits until a profile of a service has been committed, and returns its row. */
  Record awaitProfile(String service) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(200))
        .until(
            () ->
                profiles().stream()
                    .filter(row -> row.getField("service_name").equals(service))
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  private static List<Record> rows(Table table) {
    List<Record> rows = new ArrayList<>();
    try (CloseableIterable<Record> records = IcebergGenerics.read(table).build()) {
      records.forEach(row -> rows.add(row.copy()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return rows;
  }

  @Override
  public void close() {
    catalog.close();
  }
}
