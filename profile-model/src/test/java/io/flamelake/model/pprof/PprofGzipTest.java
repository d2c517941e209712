/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.pprof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.flamelake.model.DiscardReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class PprofGzipTest {

  private static final long LIMIT = 1 << 20;

  @Test
  void tellsTheSizeWithoutDecompressing() {
    byte[] content = new byte[1000];
    byte[] stream = gzip(content);

    assertThat(PprofGzip.statedSize(content)).as("not compressed").isEqualTo(1000);
    assertThat(PprofGzip.statedSize(stream)).isEqualTo(1000);
    assertThat(PprofGzip.statedSize(new byte[] {0x1f, (byte) 0x8b})).as("cut short").isZero();
    Arrays.fill(stream, stream.length - 4, stream.length, (byte) 0xff);
    assertThat(PprofGzip.statedSize(stream))
        .as("more than deflate can make of it")
        .isEqualTo(1032L * stream.length);
  }

  @Test
  void returnsPlainBytesThemselves() {
    byte[] plain = {10, 2, 8, 1};

    assertThat(PprofGzip.decompress(plain, LIMIT)).isSameAs(plain);
    assertThat(PprofGzip.decompress(plain, 1, 2, LIMIT)).containsExactly(2, 8);
    assertThat(PprofGzip.decompress(new byte[0], LIMIT)).isEmpty();
  }

  @Test
  void inflatesContentOfAnySize() {
    Random random = new Random(1);
    for (int size : new int[] {0, 1, 100, 16_384, 16_385, 300_000, (int) LIMIT}) {
      byte[] content = new byte[size];
      random.nextBytes(content);

      assertThat(PprofGzip.decompress(gzip(content), LIMIT)).isEqualTo(content);
    }
  }

  @Test
  void inflatesARangeOfAnArray() {
    byte[] content = "profile".getBytes(StandardCharsets.UTF_8);
    byte[] zipped = gzip(content);
    byte[] padded = new byte[zipped.length + 9];
    System.arraycopy(zipped, 0, padded, 4, zipped.length);

    assertThat(PprofGzip.decompress(padded, 4, zipped.length, LIMIT)).isEqualTo(content);
  }

  @Test
  void joinsTheMembersOfOneStream() {
    byte[] first = new byte[50_000];
    byte[] second = {1, 2, 3};
    byte[] expected = concat(first, second);

    byte[] stream = concat(concat(gzip(first), gzip(new byte[0])), gzip(second));

    assertThat(PprofGzip.decompress(stream, LIMIT)).isEqualTo(expected);
  }

  @Test
  void skipsAllOptionalHeaderFields() {
    byte[] zipped = gzip(new byte[] {7});
    byte[] header = Arrays.copyOf(zipped, 10);
    header[3] = 0b11110;
    byte[] extra = {3, 0, 9, 9, 9, 'n', 0, 'c', 0};
    byte[] withFields = concat(header, extra);
    CRC32 crc = new CRC32();
    crc.update(withFields);
    byte[] checksum = {(byte) crc.getValue(), (byte) (crc.getValue() >> 8)};
    byte[] body = Arrays.copyOfRange(zipped, 10, zipped.length);

    assertThat(PprofGzip.decompress(concat(concat(withFields, checksum), body), LIMIT))
        .containsExactly(7);

    checksum[0]++;
    assertMalformed(concat(concat(withFields, checksum), body), "Gzip header checksum");
  }

  @Test
  void refusesAStreamCutShortAnywhere() {
    byte[] content = new byte[2_000];
    new Random(2).nextBytes(content);
    byte[] zipped = gzip(content);
    for (int length = 2; length < zipped.length; length++) {
      assertMalformed(Arrays.copyOf(zipped, length), "Gzip stream is cut short");
    }
  }

  @Test
  void refusesWhateverFollowsTheStream() {
    byte[] zipped = gzip(new byte[] {1, 2, 3});

    assertMalformed(concat(zipped, new byte[1]), "Gzip stream is cut short");
    assertMalformed(concat(zipped, new byte[20]), "Trailing garbage after the gzip stream: 20");
    assertMalformed(concat(zipped, new byte[] {0x1F}), "Gzip stream is cut short");
  }

  @Test
  void refusesGzipWithinGzip() {
    assertMalformed(gzip(gzip(new byte[] {1})), "Gzip within gzip");
  }

  @Test
  void refusesDamage() {
    byte[] zipped = gzip(new byte[] {1, 2, 3});

    assertMalformed(flipped(zipped, zipped.length - 8), "Gzip checksum does not match");
    assertMalformed(flipped(zipped, zipped.length - 4), "Gzip length does not match");
    assertMalformed(flipped(zipped, 2), "Unknown gzip method");
    byte[] reserved = zipped.clone();
    reserved[3] = (byte) 0x80;
    assertMalformed(reserved, "or flags 0x80");
  }

  @Test
  void neverFailsOtherwiseOnMutatedStreams() {
    Random random = new Random(3);
    byte[] content = new byte[3_000];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) random.nextInt(8);
    }

    byte[] zipped = gzip(content);
    int refused = 0;
    for (int i = 0; i < 5_000; i++) {
      byte[] mutated = zipped.clone();
      mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
      try {
        PprofGzip.decompress(mutated, LIMIT);
      } catch (MalformedProfileException e) {
        refused++;
      }
    }

    assertThat(refused).isGreaterThan(4_000);
  }

  @Test
  void acceptsTheLimitAndRefusesOneByteMore() {
    byte[] full = new byte[(int) LIMIT];

    assertThat(PprofGzip.decompress(full, LIMIT)).hasSize((int) LIMIT);
    assertThat(PprofGzip.decompress(gzip(full), LIMIT)).hasSize((int) LIMIT);
    assertTooLarge(new byte[(int) LIMIT + 1]);
    assertTooLarge(gzip(new byte[(int) LIMIT + 1]));
    assertTooLarge(concat(gzip(full), gzip(new byte[1])));
  }

  @Test
  void refusesABombWithoutAllocatingMoreThanTwiceTheLimit() {
    byte[] honest = bomb(256 << 20);
    byte[] lying = honest.clone();
    Arrays.fill(lying, lying.length - 4, lying.length, (byte) 0);
    for (byte[] bomb : new byte[][] {honest, lying, concat(gzip(new byte[10]), honest)}) {
      assertTooLarge(bomb);
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = threads.getCurrentThreadAllocatedBytes();
      try {
        PprofGzip.decompress(bomb, LIMIT);
      } catch (MalformedProfileException e) {
        // Measured is what it takes to refuse.
      }

      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(2 * LIMIT);
    }
  }

  /** However much a tenant may send: inflating up to the limit would be the bomb's success. */
  @Test
  void refusesABombLongBeforeALargeLimit() {
    byte[] honest = bomb(256 << 20);
    byte[] lying = honest.clone();
    Arrays.fill(lying, lying.length - 4, lying.length, (byte) 0);
    for (byte[] bomb : new byte[][] {honest, lying, concat(honest, gzip(new byte[10]))}) {
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = threads.getCurrentThreadAllocatedBytes();

      assertTooLarge(bomb, 128 << 20);

      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(8 << 20);
    }

    assertThat(PprofGzip.decompress(honest, 256 << 20)).hasSize(256 << 20);
  }

  private static void assertTooLarge(byte[] bytes) {
    assertTooLarge(bytes, LIMIT);
  }

  private static void assertTooLarge(byte[] bytes, long limit) {
    assertThatThrownBy(() -> PprofGzip.decompress(bytes, limit))
        .isInstanceOfSatisfying(
            MalformedProfileException.class,
            e -> assertThat(e.reason()).isEqualTo(DiscardReason.PROFILE_SIZE_LIMIT))
        .hasMessage("Uncompressed profile payload size exceeds limit of " + limit + " bytes");
  }

  private static void assertMalformed(byte[] bytes, String message) {
    assertThatThrownBy(() -> PprofGzip.decompress(bytes, LIMIT))
        .isInstanceOfSatisfying(
            MalformedProfileException.class,
            e -> assertThat(e.reason()).isEqualTo(DiscardReason.MALFORMED_PROFILE))
        .hasMessageContaining(message);
  }

  private static byte[] flipped(byte[] bytes, int at) {
    byte[] result = bytes.clone();
    result[at] ^= 1;
    return result;
  }

  private static byte[] gzip(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return bytes.toByteArray();
  }

  private static byte[] bomb(int size) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] zeros = new byte[1 << 20];
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      for (int written = 0; written < size; written += zeros.length) {
        out.write(zeros);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return bytes.toByteArray();
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] result = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, result, first.length, second.length);
    return result;
  }
}
