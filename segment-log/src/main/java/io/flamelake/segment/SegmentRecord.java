/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.LabelSet;
import java.util.Objects;
import java.util.UUID;

/**
 * One profile on its way from the gateway to the tables: who sent it, when, and its bytes.
 *
 * <p>The payload is a range of an array that the record does not copy. Whoever makes a record
 * leaves the array alone as long as the record is in use; whoever gets one does not change it.
 */
public final class SegmentRecord {

  public static SegmentRecordBuilder builder() {
    return new SegmentRecordBuilder();
  }

  private final UUID profileId;
  private final boolean hasClientId;
  private final long receiveTimeNanos;
  private final long profileTimeNanos;
  private final LabelSet labels;
  private final PayloadKind kind;
  private final byte[] payload;
  private final int payloadOffset;
  private final int payloadLength;

  SegmentRecord(
      UUID profileId,
      boolean hasClientId,
      long receiveTimeNanos,
      long profileTimeNanos,
      LabelSet labels,
      PayloadKind kind,
      byte[] payload,
      int payloadOffset,
      int payloadLength) {
    this.profileId = requireNonNull(profileId, "profileId");
    this.hasClientId = hasClientId;
    this.receiveTimeNanos = receiveTimeNanos;
    this.profileTimeNanos = profileTimeNanos;
    this.labels = requireNonNull(labels, "labels");
    this.kind = requireNonNull(kind, "kind");
    this.payload = requireNonNull(payload, "payload");
    Objects.checkFromIndexSize(payloadOffset, payloadLength, payload.length);
    this.payloadOffset = payloadOffset;
    this.payloadLength = payloadLength;
  }

  public UUID profileId() {
    return profileId;
  }

  /** Whether the client chose the id, so that it may come again with the same one. */
  public boolean hasClientId() {
    return hasClientId;
  }

  public long receiveTimeNanos() {
    return receiveTimeNanos;
  }

  /** The profile's own time, or the receive time where it has none. */
  public long profileTimeNanos() {
    return profileTimeNanos;
  }

  public LabelSet labels() {
    return labels;
  }

  public PayloadKind kind() {
    return kind;
  }

  /** The array that holds the payload; only the range of this record belongs to it. */
  public byte[] payload() {
    return payload;
  }

  public int payloadOffset() {
    return payloadOffset;
  }

  public int payloadLength() {
    return payloadLength;
  }
}
