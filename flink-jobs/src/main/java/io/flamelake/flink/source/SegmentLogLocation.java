/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.source;

import static java.util.Objects.requireNonNull;

import io.flamelake.segment.store.ObjectStore;
import io.flamelake.segment.store.ObjectStores;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/** Where the segment log is, in a form that travels with the job graph. */
public record SegmentLogLocation(String uri, Map<String, String> properties)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  public SegmentLogLocation {
    requireNonNull(uri, "uri");
    properties = new TreeMap<>(properties);
  }

  /** Opens the store; the caller closes it. */
  public ObjectStore openStore() {
    return ObjectStores.open(uri, properties);
  }
}
