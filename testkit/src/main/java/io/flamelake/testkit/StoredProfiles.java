/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import java.util.function.Consumer;

/** A way to read all rows of all tenants that a server has stored. */
@FunctionalInterface
public interface StoredProfiles {

  /** Hands over every row as often as it is stored, in any order. */
  void forEach(Consumer<StoredProfile> consumer);
}
