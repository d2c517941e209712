/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.gzip;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

class BombDetectorTest {

  private static final int LIMIT = 8 << 20;
  private static final byte[] HEADER = {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, 0};
  private static final byte[] SMALL = gzip("profile".getBytes(UTF_8));

  @Test
  void countsWhatDeflateMade() {
    Random random = new Random(1);
    for (byte[] content : contents(random)) {
      for (int level : new int[] {0, 1, 6, 9}) {
        for (int strategy :
            new int[] {Deflater.DEFAULT_STRATEGY, Deflater.FILTERED, Deflater.HUFFMAN_ONLY}) {
          byte[] stream = concat(SMALL, gzip(content, level, strategy), SMALL);

          assertThat(count(stream))
              .as("%s bytes, level %s, strategy %s", content.length, level, strategy)
              .isEqualTo(content.length + 2L * "profile".length());
        }
      }
    }
  }

  @Test
  void countsBehindAllOptionalFields() {
    byte[] header = HEADER.clone();
    header[3] = 0b11110;
    byte[] fields = {3, 0, 9, 9, 9, 'n', 0, 'c', 0, 1, 2};
    byte[] body = Arrays.copyOfRange(SMALL, HEADER.length, SMALL.length);

    assertThat(count(concat(header, fields, body, SMALL))).isEqualTo(2 * "profile".length());
  }

  @Test
  void countsUpToTheEndOfWhatIsCut() {
    byte[] content = contents(new Random(2)).get(3);
    byte[] stream = gzip(content);
    long last = 0;
    for (int length = 0; length < stream.length; length += 7) {
      long counted = count(Arrays.copyOf(stream, length));

      assertThat(counted).isBetween(last, (long) content.length);
      last = counted;
    }
  }

  @Test
  void neverFailsOnMutatedStreams() {
    Random random = new Random(3);
    byte[] stream = gzip(contents(random).get(3));
    long sum = 0;
    for (int i = 0; i < 2_000; i++) {
      byte[] mutated = stream.clone();
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        mutated[random.nextInt(64)] = (byte) random.nextInt();
      }

      sum += count(mutated);
    }

    assertThat(sum).isPositive();
  }

  @Test
  void detectsABombByItsTrailerBeforeItIsInflated() {
    assertThat(detector(bomb(4 * LIMIT)).isBomb(0, 0)).isTrue();
    assertThat(detector(bomb(LIMIT + 1)).isBomb(0, 0)).isTrue();
    assertThat(detector(bomb(LIMIT)).isBomb(0, 0)).as("just the limit").isFalse();
  }

  @Test
  void detectsABombThatLiesOnceItHasInflatedAPart() {
    byte[] zeros = bomb(4 * LIMIT);
    byte[] manySmall = concat(IntStream.range(0, 40).mapToObj(i -> bomb(1 << 20)).toList());
    for (byte[] bomb :
        List.of(
            stating(zeros, 0),
            stating(zeros, LIMIT),
            concat(zeros, SMALL),
            concat(SMALL, manySmall, SMALL))) {
      BombDetector detector = detector(bomb);

      assertThat(detector.isBomb(0, 0)).isFalse();
      assertThat(detector.isBomb(4096, 4 << 20)).as("not yet").isFalse();
      assertThat(detector.isBomb(5120, 5 << 20)).isTrue();
    }
  }

  @Test
  void takesNothingElseForABomb() {
    byte[] random = new byte[LIMIT / 32];
    new Random(4).nextBytes(random);
    byte[] zeros = bomb(4 * LIMIT);
    for (byte[] stream :
        List.of(
            // Much of it, but not more than the limit.
            bomb(LIMIT),
            concat(bomb(LIMIT / 2), bomb(LIMIT / 2)),
            // More than the limit, but of much.
            concat(gzip(random), gzip(new byte[4 * LIMIT])),
            // The trailer is no trailer.
            stating(SMALL, LIMIT + 1),
            stating(Arrays.copyOf(zeros, 1_000), LIMIT + 1),
            concat(SMALL, new byte[] {-1, -1, -1, -1}),
            new byte[0],
            new byte[] {0x1F, (byte) 0x8B})) {
      BombDetector detector = detector(stream);

      assertThat(detector.isBomb(0, 0)).isFalse();
      assertThat(detector.isBomb(5120, 5 << 20)).isFalse();
    }
  }

  @Test
  void looksAtARangeOnly() {
    byte[] zeros = bomb(4 * LIMIT);
    byte[] padded = concat(new byte[3], zeros, SMALL);

    assertThat(new BombDetector(padded, 3, zeros.length, LIMIT).isBomb(0, 0)).isTrue();
    assertThat(
            new BombDetector(padded, 3 + zeros.length, SMALL.length, LIMIT).isBomb(5120, 5 << 20))
        .isFalse();
  }

  private static BombDetector detector(byte[] stream) {
    return new BombDetector(stream, 0, stream.length, LIMIT);
  }

  private static long count(byte[] stream) {
    return new InflatedSize(stream, 0, stream.length).countTo(Long.MAX_VALUE);
  }

  private static List<byte[]> contents(Random random) {
    List<byte[]> contents = new ArrayList<>();
    contents.add(new byte[0]);
    contents.add(new byte[] {7});
    contents.add(new byte[1_000_000]);
    for (int symbols : new int[] {3, 40, 256}) {
      byte[] content = new byte[150_000];
      for (int i = 0; i < content.length; i++) {
        // Repeats itself at all distances and over all lengths.
        boolean isCopy = i > 1_000 && random.nextInt(20) == 0;
        int length = isCopy ? Math.min(random.nextInt(400), content.length - i) : 0;
        if (length > 0) {
          System.arraycopy(content, random.nextInt(i - 400), content, i, length);
          i += length - 1;
        } else {
          content[i] = (byte) random.nextInt(symbols);
        }
      }

      contents.add(content);
    }

    return contents;
  }

  private static byte[] bomb(int size) {
    return gzip(new byte[size]);
  }

  private static byte[] gzip(byte[] content) {
    return gzip(content, Deflater.DEFAULT_COMPRESSION, Deflater.DEFAULT_STRATEGY);
  }

  private static byte[] gzip(byte[] content, int level, int strategy) {
    Deflater deflater = new Deflater(level, true);
    deflater.setStrategy(strategy);
    deflater.setInput(content);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(HEADER);
    byte[] buffer = new byte[1 << 16];
    while (!deflater.finished()) {
      out.write(buffer, 0, deflater.deflate(buffer));
    }

    deflater.end();
    CRC32 crc = new CRC32();
    crc.update(content);
    out.writeBytes(
        ByteBuffer.allocate(8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt((int) crc.getValue())
            .putInt(content.length)
            .array());
    return out.toByteArray();
  }

  private static byte[] stating(byte[] stream, int size) {
    byte[] result = stream.clone();
    ByteBuffer.wrap(result).order(ByteOrder.LITTLE_ENDIAN).putInt(result.length - 4, size);
    return result;
  }

  private static byte[] concat(byte[]... parts) {
    return concat(List.of(parts));
  }

  private static byte[] concat(List<byte[]> parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    parts.forEach(out::writeBytes);
    return out.toByteArray();
  }
}
