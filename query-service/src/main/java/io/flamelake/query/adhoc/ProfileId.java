/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.adhoc;

import io.flamelake.segment.Ulid;

/** Names an uploaded file: {@code <ULID>-<name>}. */
public record ProfileId(String ulid, String name) {

  /**
   * @throws IllegalArgumentException if it is none
   */
  public static ProfileId parse(String id) {
    if (id.length() < Ulid.LENGTH + 2 || id.charAt(Ulid.LENGTH) != '-') {
      throw invalid(id);
    }

    return new ProfileId(id.substring(0, Ulid.LENGTH), id.substring(Ulid.LENGTH + 1));
  }

  /**
   * @throws IllegalArgumentException if it is none
   */
  public ProfileId {
    if (!Ulid.isUlid(ulid) || name.isEmpty()) {
      throw invalid(ulid + '-' + name);
    }
  }

  public long uploadedAtMillis() {
    return Ulid.millis(ulid);
  }

  @Override
  public String toString() {
    return ulid + '-' + name;
  }

  private static IllegalArgumentException invalid(String id) {
    return new IllegalArgumentException("id: '" + id + "' (expected: a ULID, a dash, a name)");
  }
}
