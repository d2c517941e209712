/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Records with contents that depend on their number only. */
final class TestRecords {
  static final TenantId ACME = new TenantId("acme");
  static final TenantId ODD = new TenantId("it's(odd)*!");
  static final LaneId LANE = new LaneId("01JABCDEFGHJKMNPQRSTVWXYZ0");
  static final SegmentId ID = new SegmentId(LANE, 7);

  private static final long START_NANOS = 1_767_225_600_000_000_000L;

  private TestRecords() {}

  static SegmentRecord record(int number) {
    return record(number, payload(number));
  }

  static SegmentRecord record(int number, byte[] payload) {
    SegmentRecordBuilder builder =
        SegmentRecord.builder()
            .receiveTimeNanos(START_NANOS + number)
            .profileTimeNanos(START_NANOS - 1_000_000_000L * number)
            .labels(labels(number))
            .payload(payload);
    UUID id = new UUID(0x0123456789abcdefL, number);
    return (number % 2 == 0 ? builder.clientId(id) : builder.generatedId(id)).build();
  }

  static LabelSet labels(int number) {
    return LabelSet.of("service_name", "service-" + number, "größe", "日本語", "pod", "p" + number);
  }

  static byte[] payload(int number) {
    byte[] payload = new byte[37 * number];
    new Random(number).nextBytes(payload);
    return payload;
  }

  /** The segment of the golden file. */
  static byte[] goldenSegment() {
    SegmentWriter writer = new SegmentWriter();
    writer.add(ACME, record(0));
    writer.add(ODD, record(1));
    writer.add(ACME, record(2, "the same, the same, the same, the same".getBytes(UTF_8)));
    writer.add(ODD, record(3));
    return writer.finish();
  }

  /** A record's content in one line, to compare with. */
  static String describe(TenantId tenant, SegmentRecord record) {
    StringBuilder payload = new StringBuilder();
    for (int i = 0; i < record.payloadLength(); i++) {
      payload.append(record.payload()[record.payloadOffset() + i]).append(' ');
    }

    return String.join(
        " ",
        tenant.value(),
        record.profileId().toString(),
        record.hasClientId() ? "client" : "generated",
        Long.toString(record.receiveTimeNanos()),
        Long.toString(record.profileTimeNanos()),
        record.labels().toString(),
        record.kind().toString(),
        payload);
  }

  static List<String> describe(Segment segment) {
    List<String> descriptions = new ArrayList<>();
    segment.forEachRecord((tenant, record) -> descriptions.add(describe(tenant, record)));
    return descriptions;
  }
}
