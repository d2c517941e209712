/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.LabelSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Builds a {@link SegmentRecord}; profile id, receive time and payload are required. */
public final class SegmentRecordBuilder {
  private @Nullable UUID profileId;
  private boolean hasClientId;
  private @Nullable Long receiveTimeNanos;
  private @Nullable Long profileTimeNanos;
  private LabelSet labels = LabelSet.EMPTY;
  private PayloadKind kind = PayloadKind.PPROF;
  private byte @Nullable [] payload;
  private int payloadOffset;
  private int payloadLength;

  SegmentRecordBuilder() {}

  /** Sets an id that the client chose. */
  public SegmentRecordBuilder clientId(UUID id) {
    this.profileId = requireNonNull(id, "id");
    this.hasClientId = true;
    return this;
  }

  /** Sets an id that the gateway made. */
  public SegmentRecordBuilder generatedId(UUID id) {
    this.profileId = requireNonNull(id, "id");
    this.hasClientId = false;
    return this;
  }

  public SegmentRecordBuilder receiveTimeNanos(long nanos) {
    this.receiveTimeNanos = nanos;
    return this;
  }

  /** Sets the profile's own time; without it, it is the receive time. */
  public SegmentRecordBuilder profileTimeNanos(long nanos) {
    this.profileTimeNanos = nanos;
    return this;
  }

  public SegmentRecordBuilder labels(LabelSet value) {
    this.labels = requireNonNull(value, "value");
    return this;
  }

  public SegmentRecordBuilder kind(PayloadKind value) {
    this.kind = requireNonNull(value, "value");
    return this;
  }

  public SegmentRecordBuilder payload(byte[] bytes) {
    return payload(bytes, 0, bytes.length);
  }

  /** Sets the payload to a range of an array, which is not copied. */
  public SegmentRecordBuilder payload(byte[] bytes, int offset, int length) {
    this.payload = requireNonNull(bytes, "bytes");
    this.payloadOffset = offset;
    this.payloadLength = length;
    return this;
  }

  public SegmentRecord build() {
    long received = requireNonNull(receiveTimeNanos, "receiveTimeNanos");
    return new SegmentRecord(
        requireNonNull(profileId, "profileId"),
        hasClientId,
        received,
        profileTimeNanos == null ? received : profileTimeNanos,
        labels,
        kind,
        requireNonNull(payload, "payload"),
        payloadOffset,
        payloadLength);
  }
}
