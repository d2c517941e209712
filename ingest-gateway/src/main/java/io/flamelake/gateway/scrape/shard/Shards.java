/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.shard;

/** Says which targets are this replica's. */
public interface Shards extends AutoCloseable {

  /** There is one replica, and everything is its own. */
  Shards ALONE =
      new Shards() {
        @Override
        public void start() {}

        @Override
        public boolean owns(String address) {
          return true;
        }

        @Override
        public boolean isShared() {
          return false;
        }

        @Override
        public void close() {}
      };

  /** Begins to look who is there, and returns at once. */
  void start();

  /**
   * Whether this replica scrapes an address at this moment. Replicas that see the same members
   * agree; for a short time after a change two of them may say yes, or none.
   */
  boolean owns(String address);

  /** Whether there are other replicas. */
  boolean isShared();

  @Override
  void close();
}
