/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

/**
 * Reads committed profiles. An implementation answers for one set of tables and all of their
 * tenants; every method of a snapshot binds exactly one tenant.
 *
 * <p>Safe for use by many threads. Nothing is promised about profiles that are acknowledged but not
 * yet committed: those are the hot tail's, which the caller adds (see {@link
 * ProfileSnapshot#watermarks()}).
 */
public interface ProfileStore extends AutoCloseable {

  /**
   * Reads the newest version of the tables, once. Everything asked of the returned snapshot is
   * answered from that version, however long the query takes and whatever is committed meanwhile.
   *
   * @param reads is told what the snapshot reads
   * @throws ProfileStoreException if the tables cannot be read
   */
  ProfileSnapshot pin(QueryReads reads);

  /** Like {@link #pin(QueryReads)} for a caller that does not want to know what is read. */
  default ProfileSnapshot pin() {
    return pin(new QueryReads());
  }

  /**
   * Whether a query would be answered now.
   *
   * @throws ProfileStoreException if it would not, with what an operator can do something about
   */
  void check();

  /** Releases threads and caches; snapshots must not be used afterwards. */
  @Override
  void close();
}
