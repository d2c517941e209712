/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import io.flamelake.flink.serialize.ImmutableSerializer;
import java.io.IOException;
import java.util.UUID;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Version 1 of the committer's state: checkpoint id, id of the set, then the file set. */
public final class PendingFileSetSerializer extends ImmutableSerializer<PendingFileSet> {

  static final int VERSION = 1;

  private static final long serialVersionUID = 1L;

  private final FileSetSerializer fileSets = new FileSetSerializer();

  @Override
  public void serialize(PendingFileSet set, DataOutputView target) throws IOException {
    target.writeInt(VERSION);
    target.writeLong(set.checkpointId());
    target.writeLong(set.id().getMostSignificantBits());
    target.writeLong(set.id().getLeastSignificantBits());
    fileSets.serialize(set.files(), target);
  }

  @Override
  public PendingFileSet deserialize(DataInputView source) throws IOException {
    int version = source.readInt();
    if (version != VERSION) {
      throw new IOException(
          "Pending file set of version " + version + " (expected: " + VERSION + ")");
    }

    long checkpointId = source.readLong();
    UUID id = new UUID(source.readLong(), source.readLong());
    return new PendingFileSet(checkpointId, id, fileSets.deserialize(source));
  }

  @Override
  public TypeSerializerSnapshot<PendingFileSet> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Says in a savepoint that this serializer wrote it. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<PendingFileSet> {

    public Snapshot() {
      super(PendingFileSetSerializer::new);
    }
  }
}
