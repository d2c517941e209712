/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import static io.flamelake.segment.TestRecords.ACME;
import static io.flamelake.segment.TestRecords.ID;
import static io.flamelake.segment.TestRecords.LANE;
import static io.flamelake.segment.TestRecords.ODD;
import static io.flamelake.segment.TestRecords.describe;
import static io.flamelake.segment.TestRecords.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.segment.store.InMemoryObjectStore;
import io.flamelake.segment.store.ObjectStore;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentFormatTest {
  @Test
  void readsGoldenSegmentOfVersion1() throws Exception {
    Segment segment = SegmentReader.parse(golden(), ID);

    assertThat(segment.isSeal()).as("is a seal").isFalse();
    assertThat(segment.tenants()).containsExactly(ACME, ODD);
    assertThat(describe(segment))
        .containsExactly(
            describe(ACME, record(0)),
            describe(ACME, record(2, "the same, the same, the same, the same".getBytes("UTF-8"))),
            describe(ODD, record(1)),
            describe(ODD, record(3)));
  }

  @Test
  void writesGoldenSegmentAgain() throws Exception {
    // Where only the zstd library changed, and readsGoldenSegmentOfVersion1 is green, the file of
    // the previous library stays as a second golden file.
    assertThat(TestRecords.goldenSegment()).isEqualTo(golden());
  }

  @Test
  void hasTheOffsetsOfTheSpecification() throws Exception {
    ByteBuffer object = ByteBuffer.wrap(golden()).order(ByteOrder.LITTLE_ENDIAN);
    int size = object.capacity();
    int footerLength = object.getInt(size - 16);
    int footer = size - 16 - footerLength;

    assertThat(Arrays.copyOf(golden(), 4)).isEqualTo("FLSG".getBytes("US-ASCII"));
    assertThat(object.getShort(4)).as("version").isEqualTo((short) 1);
    assertThat(object.getShort(6)).as("flags").isZero();
    assertThat(Arrays.copyOfRange(golden(), size - 4, size)).isEqualTo("GSLF".getBytes("US-ASCII"));
    assertThat(object.getShort(size - 12)).as("version in the trailer").isEqualTo((short) 1);
    assertThat(object.getShort(footer)).as("attributes").isZero();
    assertThat(object.getInt(footer + 2)).as("blocks").isEqualTo(2);
    assertThat(object.get(footer + 6)).as("length of tenant id").isEqualTo((byte) 4);
    assertThat(object.getLong(footer + 11)).as("offset of the first block").isEqualTo(8);
    assertThat(object.getInt(footer + 27)).as("records of the first block").isEqualTo(2);
  }

  @Test
  void keepsTimesOfEachTenantInTheFooter() {
    SegmentFooter footer = SegmentReader.parse(TestRecords.goldenSegment(), ID).footer();

    SegmentFooter.Block block = footer.blocks().get(0);
    assertThat(block.minProfileTimeNanos()).isEqualTo(record(2).profileTimeNanos());
    assertThat(block.maxProfileTimeNanos()).isEqualTo(record(0).profileTimeNanos());
    assertThat(footer.recordCount()).isEqualTo(4);
  }

  @Test
  void keepsManyTenantsAndLargePayloads() {
    SegmentWriter writer = new SegmentWriter();
    List<String> expected = new ArrayList<>();
    byte[] large = new byte[3_000_000];
    new Random(5).nextBytes(large);
    for (int i = 0; i < 50; i++) {
      TenantId tenant = new TenantId("tenant-" + i);
      SegmentRecord record = i == 25 ? record(i, large) : record(i);
      writer.add(tenant, record);
      expected.add(describe(tenant, record));
    }

    assertThat(writer.uncompressedBytes()).isGreaterThan(3_000_000);
    assertThat(writer.recordCount()).isEqualTo(50);
    assertThat(describe(SegmentReader.parse(writer.finish(), ID))).isEqualTo(expected);
  }

  @Test
  void takesOnlyTheRangeOfThePayload() {
    SegmentWriter writer = new SegmentWriter();
    writer.add(
        ACME,
        SegmentRecord.builder()
            .generatedId(record(1).profileId())
            .receiveTimeNanos(5)
            .payload(new byte[] {1, 2, 3, 4, 5}, 1, 3)
            .build());

    List<SegmentRecord> records = new ArrayList<>();
    SegmentReader.parse(writer.finish(), ID).forEachRecord((t, record) -> records.add(record));
    SegmentRecord read = records.get(0);
    assertThat(
            Arrays.copyOfRange(
                read.payload(), read.payloadOffset(), read.payloadOffset() + read.payloadLength()))
        .containsExactly(2, 3, 4);
    assertThat(read.profileTimeNanos()).isEqualTo(5);
    assertThat(read.labels()).isEqualTo(LabelSet.EMPTY);
  }

  @Test
  void readsOneTenantByRange() {
    try (ObjectStore store = new InMemoryObjectStore()) {
      store.putIfAbsent(ID.key(), TestRecords.goldenSegment());
      SegmentLog log = new SegmentLog(store);

      assertThat(describe(log.readTenant(ID, ODD)))
          .containsExactly(describe(ODD, record(1)), describe(ODD, record(3)));
      assertThat(describe(log.readTenant(ID, new TenantId("stranger")))).isEmpty();
      assertThat(log.readFooter(ID)).isEqualTo(log.read(ID).footer());
    }
  }

  @Test
  void readsFooterThatIsLongerThanTheFirstRequest() {
    try (ObjectStore store = new InMemoryObjectStore()) {
      SegmentWriter writer = new SegmentWriter();
      for (int i = 0; i < 1000; i++) {
        writer.add(new TenantId("t".repeat(140) + i), record(1));
      }

      store.putIfAbsent(ID.key(), writer.finish());

      assertThat(new SegmentLog(store).readFooter(ID).blocks()).hasSize(1000);
    }
  }

  @Test
  void marksSeal() {
    Segment seal = SegmentReader.parse(SegmentWriter.seal(LANE, 7, "closed by its writer"), ID);

    assertThat(seal.isSeal()).as("is a seal").isTrue();
    assertThat(seal.tenants()).isEmpty();
    assertThat(seal.footer().attributes())
        .containsEntry("lane", LANE.value())
        .containsEntry("sequence", "7")
        .containsEntry("reason", "closed by its writer");
  }

  @Test
  void refusesEverySegmentWithOneWrongByte() {
    byte[] good = TestRecords.goldenSegment();
    for (int position = 0; position < good.length; position++) {
      for (int flip : new int[] {1, 0x80, 0xff}) {
        byte[] bad = good.clone();
        bad[position] ^= (byte) flip;
        assertCorrupt(bad, "byte " + position + " ^ " + flip);
      }
    }
  }

  @Test
  void refusesEverySealWithOneWrongByte() {
    byte[] good = SegmentWriter.seal(LANE, 7, "reason");
    for (int position = 0; position < good.length; position++) {
      byte[] bad = good.clone();
      bad[position] ^= 1;
      assertCorrupt(bad, "byte " + position);
    }
  }

  @Test
  void refusesSegmentCutAnywhere() {
    byte[] good = TestRecords.goldenSegment();
    for (int length = 0; length < good.length; length++) {
      assertCorrupt(Arrays.copyOf(good, length), "first " + length + " bytes");
      assertCorrupt(Arrays.copyOfRange(good, good.length - length, good.length), "last " + length);
    }

    assertCorrupt(Arrays.copyOf(good, good.length + 1), "one byte more");
  }

  @Test
  void neverReadsFlippedByteByRange() {
    byte[] good = TestRecords.goldenSegment();
    List<String> acme = describe(segmentOf(good, ACME));
    for (int position = 0; position < good.length; position++) {
      byte[] bad = good.clone();
      bad[position] ^= 0x10;
      try {
        // A byte of the header or of another tenant is none of this reader's.
        assertThat(describe(segmentOf(bad, ACME))).as("byte %s", position).isEqualTo(acme);
      } catch (CorruptSegmentException e) {
        assertThat(e.id()).isEqualTo(ID);
      }
    }
  }

  /** With checksums that are right, as a faulty writer would leave it. */
  @ParameterizedTest
  @ValueSource(ints = {-1, 1, 1_000_000_000})
  void refusesBlockOfAnotherLengthThanTheFooterSays(int difference) throws Exception {
    byte[] object = golden();
    ByteBuffer buffer = ByteBuffer.wrap(object).order(ByteOrder.LITTLE_ENDIAN);
    int trailer = object.length - SegmentFormat.TRAILER_LENGTH;
    int footer = trailer - buffer.getInt(trailer);
    int tenant = footer + Short.BYTES + Integer.BYTES;
    int uncompressed = tenant + 1 + object[tenant] + Long.BYTES + Integer.BYTES;
    buffer.putInt(uncompressed, buffer.getInt(uncompressed) + difference);
    buffer.putInt(trailer + 8, SegmentFormat.crc(object, footer, trailer + 8 - footer));
    Segment segment = SegmentReader.parse(object, TestRecords.ID);

    assertThatThrownBy(() -> segment.forEachRecord((id, record) -> {}))
        .isInstanceOf(CorruptSegmentException.class)
        .hasMessageContaining("Block of tenant acme: ")
        .hasMessageContaining("a zstd frame of ");
  }

  @Test
  void refusesUnknownVersionByItsNumber() {
    byte[] object = TestRecords.goldenSegment();
    object[4] = 9;
    object[object.length - 12] = 9;

    assertThatThrownBy(() -> SegmentReader.parse(object, ID))
        .isInstanceOf(CorruptSegmentException.class)
        .hasMessage("Segment " + ID + " is corrupt: Version 9 is not known (expected: 1)");
  }

  @Test
  void refusesForeignObjects() {
    Random random = new Random(11);
    for (int i = 0; i < 200; i++) {
      byte[] foreign = new byte[random.nextInt(500)];
      random.nextBytes(foreign);
      assertCorrupt(foreign, "random " + i);
    }
  }

  @Test
  void refusesSegmentWithoutRecords() {
    SegmentWriter writer = new SegmentWriter();

    assertThat(writer.isEmpty()).as("is empty").isTrue();
    assertThatThrownBy(writer::finish)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("A segment has at least one record");
  }

  @Test
  void keepsTheOthersWhenOneRecordDoesNotFit() {
    SegmentWriter writer = new SegmentWriter();
    writer.add(ACME, record(1));
    LabelSet labels = LabelSet.of("n".repeat(70_000), "v");
    SegmentRecord unfit =
        SegmentRecord.builder()
            .clientId(record(2).profileId())
            .receiveTimeNanos(1)
            .labels(labels)
            .payload(new byte[10])
            .build();

    assertThatThrownBy(() -> writer.add(ACME, unfit))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Tenant acme: profile " + unfit.profileId())
        .hasMessageContaining("70000 bytes");
    assertThatThrownBy(() -> writer.add(ODD, unfit)).isInstanceOf(IllegalArgumentException.class);
    assertThat(describe(SegmentReader.parse(writer.finish(), ID)))
        .containsExactly(describe(ACME, record(1)));
  }

  @Test
  void takesNothingAfterTheEnd() {
    SegmentWriter writer = new SegmentWriter();
    writer.add(ACME, record(1));
    writer.finish();

    assertThatThrownBy(() -> writer.add(ACME, record(2)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The segment is finished");
  }

  private static Segment segmentOf(byte[] object, TenantId tenant) {
    try (ObjectStore store = new InMemoryObjectStore()) {
      store.putIfAbsent(ID.key(), object);
      return new SegmentLog(store).readTenant(ID, tenant);
    }
  }

  private static void assertCorrupt(byte[] object, String what) {
    assertThatThrownBy(() -> SegmentReader.parse(object, ID))
        .as(what)
        .isInstanceOf(CorruptSegmentException.class)
        .hasMessageStartingWith("Segment " + ID + " is corrupt: ");
  }

  private static byte[] golden() throws Exception {
    try (InputStream in = SegmentFormatTest.class.getResourceAsStream("/segment-v1.seg")) {
      assertThat(in).as("golden file").isNotNull();
      return in.readAllBytes();
    }
  }
}
