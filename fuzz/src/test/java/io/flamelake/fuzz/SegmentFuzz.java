/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import static io.flamelake.fuzz.Bounds.check;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.flamelake.fuzz.SegmentForge.Part;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.segment.CorruptSegmentException;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.Segment;
import io.flamelake.segment.SegmentFooter;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentReader;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.SegmentWriter;
import io.flamelake.segment.store.InMemoryObjectStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Segments. The first byte of an input says what the rest is: a whole object, or a part of one that
 * is put where it belongs with checksums that are right, since no fuzzer finds those.
 */
public final class SegmentFuzz {

  private static final SegmentId ID = new SegmentId(new LaneId("01JABCDEFGHJKMNPQRSTVWXYZ0"), 7);
  private static final TenantId ACME = new TenantId("acme");
  private static final TenantId ODD = new TenantId("it's(odd)*!");

  private SegmentFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }

    Part part = Part.values()[(input[0] & 0xff) % Part.values().length];
    byte[] object = SegmentForge.object(part, Arrays.copyOfRange(input, 1, input.length));
    List<String> records = read(object);
    if (records != null) {
      checkWritten(object, records);
      checkFlippedBit(object, Arrays.hashCode(input));
    }

    checkRanges(object, records);
  }

  static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    byte[] object = example();
    byte[] seal = SegmentWriter.seal(ID.lane(), 3, "fuzzed");
    seeds.add(seed(Part.OBJECT, object));
    seeds.add(seed(Part.OBJECT, seal));
    seeds.add(seed(Part.OBJECT_WITHOUT_CHECKSUMS, object));
    seeds.add(seed(Part.FOOTER, SegmentForge.footer(object)));
    seeds.add(seed(Part.FOOTER, SegmentForge.footer(seal)));
    seeds.add(seed(Part.RECORDS, SegmentForge.records(object)));
    return seeds;
  }

  private static byte[] seed(Part part, byte[] rest) {
    return ByteBuffer.allocate(1 + rest.length).put((byte) part.ordinal()).put(rest).array();
  }

  private static byte[] example() {
    SegmentWriter writer = new SegmentWriter();
    writer.add(ACME, record(0, LabelSet.of("service_name", "shop", "größe", "日本語")));
    writer.add(ACME, record(1, LabelSet.EMPTY));
    writer.add(ODD, record(2, LabelSet.of("pod", "p")));
    return writer.finish();
  }

  private static SegmentRecord record(int number, LabelSet labels) {
    return SegmentRecord.builder()
        .clientId(new UUID(1, number))
        .receiveTimeNanos(1_700_000_000_000_000_000L)
        .profileTimeNanos(number)
        .labels(labels)
        .payload("the payload".getBytes(UTF_8))
        .build();
  }

  /** All records of an object, or null if it was refused. */
  private static @Nullable List<String> read(byte[] object) {
    return Bounds.decode(
        CorruptSegmentException.class, () -> describe(SegmentReader.parse(object, ID)));
  }

  private static List<String> describe(Segment segment) {
    List<String> records = new ArrayList<>();
    segment.forEachRecord((tenant, record) -> records.add(describe(tenant, record)));
    return records;
  }

  private static String describe(TenantId tenant, SegmentRecord record) {
    byte[] payload =
        Arrays.copyOfRange(
            record.payload(),
            record.payloadOffset(),
            record.payloadOffset() + record.payloadLength());
    return String.join(
        " ",
        tenant.value(),
        record.profileId().toString(),
        Boolean.toString(record.hasClientId()),
        Long.toString(record.receiveTimeNanos()),
        Long.toString(record.profileTimeNanos()),
        record.labels().toString(),
        record.kind().toString(),
        Arrays.toString(payload));
  }

  /** What was read can be written, and is then read the same. */
  private static void checkWritten(byte[] object, List<String> records) {
    Segment segment = SegmentReader.parse(object, ID);
    check(
        segment.footer().recordCount() == records.size(),
        "%d records, %d in the footer",
        records.size(),
        segment.footer().recordCount());
    if (segment.isSeal()) {
      return;
    }

    SegmentWriter writer = new SegmentWriter();
    segment.forEachRecord(writer::add);
    List<String> again = describe(SegmentReader.parse(writer.finish(), ID));
    check(again.equals(records), "%s (expected: %s)", again, records);
  }

  /** No single bit of a segment may change without the reader's seeing it. */
  private static void checkFlippedBit(byte[] object, int choice) {
    int bit = Math.floorMod(choice, object.length * Byte.SIZE);
    byte[] flipped = object.clone();
    flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
    check(read(flipped) == null, "Bit %d was flipped and nobody saw it", bit);
  }

  /** Footer and blocks by their ranges are what the whole object says. */
  private static void checkRanges(byte[] object, @Nullable List<String> records) {
    InMemoryObjectStore store = new InMemoryObjectStore();
    store.put(ID.key(), object);
    SegmentFooter footer =
        Bounds.decode(CorruptSegmentException.class, () -> SegmentReader.readFooter(store, ID));
    if (records == null) {
      return;
    }

    SegmentFooter whole = SegmentReader.parse(object, ID).footer();
    check(whole.equals(footer), "The footer by its range: %s (expected: %s)", footer, whole);
    List<String> byRange = new ArrayList<>();
    for (TenantId tenant : whole.tenants()) {
      byRange.addAll(describe(SegmentReader.readTenant(store, ID, whole, tenant)));
    }

    check(byRange.equals(records), "%s (expected: %s)", byRange, records);
  }
}
