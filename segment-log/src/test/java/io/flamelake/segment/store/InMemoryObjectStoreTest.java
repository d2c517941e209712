/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment.store;

class InMemoryObjectStoreTest extends BaseObjectStoreTest {
  @Override
  ObjectStore newStore() {
    return new InMemoryObjectStore();
  }
}
