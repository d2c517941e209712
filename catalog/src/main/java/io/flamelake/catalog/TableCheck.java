/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateProperties;
import org.apache.iceberg.types.Types.NestedField;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares a table with its definition: refuses what differs, but sets properties right. */
final class TableCheck {
  private static final Logger LOG = LoggerFactory.getLogger(TableCheck.class);

  private TableCheck() {}

  static void check(Table table, TableDefinition definition) {
    checkFormatVersion(table);
    checkColumns(table, definition.schema());
    checkSpec(table, definition.spec());
    checkSortOrder(table, definition.sortOrder());
    correctProperties(table, definition.properties());
  }

  private static void checkFormatVersion(Table table) {
    if (table instanceof HasTableOperations operations) {
      int version = operations.operations().current().formatVersion();
      if (version != TableDefinition.FORMAT_VERSION) {
        throw new IncompatibleTableException(
            table.name(), "the format version", version, TableDefinition.FORMAT_VERSION);
      }
    }
  }

  private static void checkColumns(Table table, Schema expected) {
    for (NestedField column : expected.columns()) {
      NestedField found = table.schema().findField(column.name());
      if (found == null) {
        throw new IncompatibleTableException(
            table.name(), "column " + column.name(), "missing", describe(column));
      }

      // Field ids are compared with it, those inside of lists and maps too.
      if (found.fieldId() != column.fieldId()
          || found.isOptional() != column.isOptional()
          || !found.type().equals(column.type())) {
        throw new IncompatibleTableException(
            table.name(), "column " + column.name(), describe(found), describe(column));
      }
    }

    for (NestedField column : table.schema().columns()) {
      // An optional one may have been added by a newer version or by its owner.
      if (column.isRequired() && expected.findField(column.name()) == null) {
        throw new IncompatibleTableException(
            table.name(), "column " + column.name(), describe(column), "no such column");
      }
    }
  }

  private static String describe(NestedField column) {
    return (column.isOptional() ? "optional " : "required ")
        + column.type()
        + " with field id "
        + column.fieldId();
  }

  private static void checkSpec(Table table, PartitionSpec expected) {
    if (!table.spec().compatibleWith(expected)) {
      throw new IncompatibleTableException(
          table.name(), "the partition spec", table.spec(), expected);
    }
  }

  private static void checkSortOrder(Table table, SortOrder expected) {
    if (!table.sortOrder().sameOrder(expected)) {
      throw new IncompatibleTableException(
          table.name(), "the sort order", table.sortOrder(), expected);
    }
  }

  private static void correctProperties(Table table, Map<String, String> expected) {
    Map<String, String> changes = new TreeMap<>(expected);
    changes.entrySet().removeAll(table.properties().entrySet());
    if (changes.isEmpty()) {
      return;
    }

    LOG.info("Setting properties of table {}: {}", table.name(), changes);
    UpdateProperties update = table.updateProperties();
    changes.forEach(update::set);
    update.commit();
  }
}
