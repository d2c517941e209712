/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.source;

import java.util.function.Supplier;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Writes no byte. */
final class NothingSerializer<T> implements SimpleVersionedSerializer<T> {

  private final Supplier<T> nothing;

  NothingSerializer(Supplier<T> nothing) {
    this.nothing = nothing;
  }

  @Override
  public int getVersion() {
    return 1;
  }

  @Override
  public byte[] serialize(T value) {
    return new byte[0];
  }

  @Override
  public T deserialize(int version, byte[] serialized) {
    return nothing.get();
  }
}
