/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import org.apache.iceberg.jdbc.JdbcCatalog;

/**
 * Iceberg's JDBC catalog with a {@link SafeJdbcClientPool}.
 *
 * <p>Has a constructor without arguments, as Iceberg loads it by name.
 */
public class SafeJdbcCatalog extends JdbcCatalog {
  public SafeJdbcCatalog() {
    super(null, SafeJdbcClientPool::of, true);
  }
}
