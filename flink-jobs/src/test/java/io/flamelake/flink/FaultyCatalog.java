/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.SafeJdbcCatalog;
import io.flamelake.flink.Faults.Point;
import io.flamelake.flink.sink.ForwardingTableOperations;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.TableIdentifier;

/** The embedded catalog with {@link Faults} around its commits and data files. */
public final class FaultyCatalog extends SafeJdbcCatalog {

  public static CatalogConfig config(Path directory) {
    CatalogConfig embedded = CatalogConfig.embedded(directory);
    Map<String, String> properties = new TreeMap<>(embedded.properties());
    properties.remove(CatalogUtil.ICEBERG_CATALOG_TYPE);
    properties.put(CatalogProperties.CATALOG_IMPL, FaultyCatalog.class.getName());
    properties.put(CatalogProperties.FILE_IO_IMPL, FaultyFileIO.class.getName());
    return new CatalogConfig(embedded.name(), embedded.namespace(), properties);
  }

  @Override
  protected TableOperations newTableOps(TableIdentifier identifier) {
    return new Operations(super.newTableOps(identifier));
  }

  private static final class Operations extends ForwardingTableOperations {

    private Operations(TableOperations operations) {
      super(operations);
    }

    @Override
    public void commit(TableMetadata base, TableMetadata metadata) {
      boolean isCreation = base == null;
      if (!isCreation) {
        Faults.pass(Point.BEFORE_COMMIT);
      }

      super.commit(base, metadata);
      if (!isCreation) {
        Faults.pass(Point.AFTER_COMMIT);
      }
    }
  }
}
