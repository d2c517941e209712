/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

/** A table is there, but not with the columns, partitioning or format that this version needs. */
public final class IncompatibleTableException extends RuntimeException {
  IncompatibleTableException(String table, String what, Object found, Object expected) {
    super("Table " + table + ": " + what + " is " + found + " (expected: " + expected + ")");
  }
}
