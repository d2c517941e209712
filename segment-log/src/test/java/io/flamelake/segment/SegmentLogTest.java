/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import static io.flamelake.segment.TestRecords.LANE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.segment.store.FaultyObjectStore;
import io.flamelake.segment.store.InMemoryObjectStore;
import io.flamelake.segment.store.ObjectKey;
import io.flamelake.segment.store.ObjectNotFoundException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentLogTest {
  private final InMemoryObjectStore store = new InMemoryObjectStore();
  private final SegmentLog log = new SegmentLog(store);

  @Test
  void returnsTheRunWithoutGaps() {
    put(0, 1, 2, 4, 5);

    assertThat(log.segmentsAfter(LANE, -1))
        .extracting(SegmentId::sequence)
        .containsExactly(0L, 1L, 2L);
    assertThat(log.segmentsAfter(LANE, 1)).extracting(SegmentId::sequence).containsExactly(2L);
    assertThat(log.segmentsAfter(LANE, 2)).isEmpty();
    assertThat(log.segmentsAfter(LANE, 3)).extracting(SegmentId::sequence).containsExactly(4L, 5L);
  }

  @Test
  void returnsTheSameFromStoreThatIsListed() {
    put(0, 1, 2, 4, 5);
    // This wrapper does not pass on that lookups are cheap.
    SegmentLog listed = new SegmentLog(new FaultyObjectStore(store));
    store.putIfAbsent(new ObjectKey("segments/" + LANE + "/00000000000000000001.bak"), new byte[0]);

    for (long after = -1; after < 6; after++) {
      assertThat(listed.segmentsAfter(LANE, after)).isEqualTo(log.segmentsAfter(LANE, after));
    }
  }

  @Test
  void returnsNothingWhereTheStartIsMissing() {
    put(1);

    assertThat(log.segmentsAfter(LANE, -1)).isEmpty();
  }

  @Test
  void ordersSegmentsByNumber() {
    put(10, 9, 8, 11);

    assertThat(log.segmentsAfter(LANE, 7))
        .extracting(SegmentId::sequence)
        .containsExactly(8L, 9L, 10L, 11L);
  }

  @Test
  void ignoresForeignObjects() {
    put(0, 1);
    String lane = "segments/" + LANE + "/";
    for (String foreign :
        new String[] {
          lane + "00000000000000000000.seg.bak",
          lane + "00000000000000000000-copy.seg",
          lane + "0.seg",
          lane + "README",
          lane + "deep/00000000000000000000.seg",
          "segments/not-a-lane/00000000000000000000.seg",
          "segments/file"
        }) {
      store.putIfAbsent(new ObjectKey(foreign), "foreign".getBytes(UTF_8));
    }

    assertThat(log.lanes()).containsExactly(LANE);
    assertThat(log.segmentsAfter(LANE, -1)).extracting(SegmentId::sequence).containsExactly(0L, 1L);
  }

  @Test
  void reportsCorruptSegmentAndKeepsIt() {
    SegmentId id = new SegmentId(LANE, 0);
    store.putIfAbsent(id.key(), "not a segment".getBytes(UTF_8));

    assertThatThrownBy(() -> log.read(id))
        .isInstanceOfSatisfying(CorruptSegmentException.class, e -> log.quarantine(id, e.reason()));
    log.quarantine(id, "reported twice");

    assertThat(log.quarantined()).containsExactly(id);
    ObjectKey report = new ObjectKey("quarantine/" + LANE + "/00000000000000000000.txt");
    assertThat(new String(store.get(report), UTF_8))
        .startsWith("Segment: " + id.key() + "\nReason: An object of 13 bytes");
    assertThat(store.get(id.key())).isEqualTo("not a segment".getBytes(UTF_8));
  }

  @Test
  void saysThatSegmentIsMissing() {
    assertThatThrownBy(() -> log.read(new SegmentId(LANE, 3)))
        .isInstanceOf(ObjectNotFoundException.class);
  }

  @Test
  void sealsLaneAfterItsLastSegmentThoughTheFirstAreDeleted() {
    put(5, 6);

    assertThat(log.seal(LANE).sequence()).isEqualTo(7);
    assertThat(log.seal(LANE).sequence()).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 9, 100})
  void sealsLaneAfterItsLastSegment(int segments) {
    put(LongStream.range(0, segments).toArray());

    assertThat(log.seal(LANE).sequence()).isEqualTo(segments);
    assertThat(log.seal(LANE).sequence()).isEqualTo(segments);
  }

  @Test
  void sealsLaneOfWhichNothingIsLeft() {
    assertThat(log.seal(LANE, 41).sequence()).isEqualTo(42);
  }

  @Test
  void sealsLaneThatNeverHadASegment() {
    assertThat(log.seal(LANE).sequence()).isZero();
  }

  @Test
  void keepsSegmentIdsInKeys() {
    SegmentId id = new SegmentId(LANE, 123);

    assertThat(id.key().value()).isEqualTo("segments/" + LANE + "/00000000000000000123.seg");
    assertThat(SegmentId.find(id.key())).isEqualTo(id);
    SegmentId last = new SegmentId(LANE, Long.MAX_VALUE);
    assertThat(SegmentId.find(last.key())).isEqualTo(last);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "segments/01JABCDEFGHJKMNPQRSTVWXYZ0/99999999999999999999.seg",
        "segments/01JABCDEFGHJKMNPQRSTVWXYZ0/-0000000000000000001.seg",
        "segments/81JABCDEFGHJKMNPQRSTVWXYZ0/00000000000000000001.seg",
        "segments/01jabcdefghjkmnpqrstvwxyz0/00000000000000000001.seg",
        "segmentx/01JABCDEFGHJKMNPQRSTVWXYZ0/00000000000000000001.seg",
        "segments/01JABCDEFGHJKMNPQRSTVWXYZ0/00000000000000000001.sex"
      })
  void findsNoSegmentInOtherKeys(String key) {
    assertThat(SegmentId.find(new ObjectKey(key))).isNull();
  }

  private void put(long... sequences) {
    for (long sequence : sequences) {
      store.putIfAbsent(new SegmentId(LANE, sequence).key(), TestRecords.goldenSegment());
    }
  }
}
