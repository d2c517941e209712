/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

/** What answers the queries of a server. */
enum QueryEngine {
  LAKE,
  TRINO
}
