/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog.rest;

/** What clients of the REST catalog may do. */
public enum RestAccess {
  READ_ONLY,
  READ_WRITE
}
