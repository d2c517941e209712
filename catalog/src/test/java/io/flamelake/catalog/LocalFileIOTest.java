/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.RangeReadable;
import org.apache.iceberg.io.SeekableInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFileIOTest {
  @TempDir private Path directory;
  private final LocalFileIO io = new LocalFileIO();

  @Test
  void takesLocationsAsTheyAre() {
    assertThat(LocalFileIO.path("file:///a/tenant=it%27s b"))
        .isEqualTo(Path.of("/a/tenant=it%27s b"));
    assertThat(LocalFileIO.path("file:/a/b")).isEqualTo(Path.of("/a/b"));
    assertThat(LocalFileIO.path("/a/b")).isEqualTo(Path.of("/a/b"));
    assertThatThrownBy(() -> LocalFileIO.path("s3://bucket/a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Location: s3://bucket/a (expected: file:///… or an absolute path)");
  }

  @Test
  void createsOnceAndOverwritesWhenAsked() throws IOException {
    String location = location("deep/file");
    write(location, "first".getBytes(UTF_8));

    assertThatThrownBy(() -> io.newOutputFile(location).create())
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessage("File already exists: " + location);
    try (PositionOutputStream out = io.newOutputFile(location).createOrOverwrite()) {
      out.write('x');
      assertThat(out.getPos()).isEqualTo(1);
    }

    assertThat(Files.readString(directory.resolve("deep/file"))).isEqualTo("x");
    assertThat(io.newInputFile(location).getLength()).isEqualTo(1);
  }

  @Test
  void readsAnywhereInAnyPieces() throws IOException {
    byte[] content = new byte[300_000];
    new Random(1).nextBytes(content);
    String location = location("random");
    write(location, content);

    Random random = new Random(2);
    try (SeekableInputStream in = io.newInputFile(location).newStream()) {
      for (int i = 0; i < 500; i++) {
        int position = random.nextInt(content.length);
        int length = random.nextInt(i % 5 == 0 ? 150_000 : 50);
        int expected = Math.min(length, content.length - position);
        in.seek(position);
        byte[] read = in.readNBytes(length);

        assertThat(read).isEqualTo(Arrays.copyOfRange(content, position, position + expected));
        assertThat(in.getPos()).isEqualTo(position + expected);
        assertThat(in.read())
            .isEqualTo(
                position + expected < content.length ? content[position + expected] & 0xff : -1);
      }
    }
  }

  @Test
  void readsRangesAndTail() throws IOException {
    String location = location("range");
    write(location, "0123456789".getBytes(UTF_8));
    try (SeekableInputStream in = io.newInputFile(location).newStream()) {
      RangeReadable ranges = (RangeReadable) in;
      byte[] middle = new byte[6];
      ranges.readFully(3, middle, 1, 4);
      byte[] tail = new byte[100];

      assertThat(middle).isEqualTo(new byte[] {0, '3', '4', '5', '6', 0});
      assertThat(ranges.readTail(tail, 0, 3)).isEqualTo(3);
      assertThat(new String(tail, 0, 3, UTF_8)).isEqualTo("789");
      assertThatThrownBy(() -> ranges.readFully(8, middle, 0, 6)).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void saysThatFileIsNotThere() {
    String location = location("none");

    assertThat(io.newInputFile(location).exists()).as("exists").isFalse();
    assertThatThrownBy(() -> io.newInputFile(location).newStream())
        .isInstanceOf(NotFoundException.class)
        .hasMessage("File does not exist: " + location);
    assertThatThrownBy(() -> io.newInputFile(location).getLength())
        .isInstanceOf(NotFoundException.class);
    io.deleteFile(location);
  }

  @Test
  void listsAndDeletesByPrefix() throws IOException {
    List<String> locations =
        List.of(location("p/1"), location("p/tenant=a%2Fb/2"), location("q/3"));
    for (String location : locations) {
      write(location, new byte[7]);
    }

    List<String> listed = new ArrayList<>();
    for (FileInfo file : io.listPrefix(location("p/"))) {
      assertThat(file.size()).isEqualTo(7);
      listed.add(file.location());
    }

    assertThat(listed).containsExactlyInAnyOrderElementsOf(locations.subList(0, 2));
    assertThat(io.listPrefix(location("none"))).isEmpty();

    io.deletePrefix(location("p"));
    io.deleteFiles(List.of(location("q/3"), location("none")));
    assertThat(io.listPrefix(location(""))).isEmpty();
  }

  private String location(String name) {
    return "file://" + directory + "/" + name;
  }

  @Test
  void takesAPartitionsDirectoryAwayWithItsLastFile() throws IOException {
    byte[] content = {1};
    write(location("data/tenant=a+b/ts_hour=1/x"), content);
    write(location("data/tenant=a+b/ts_hour=1/y"), content);
    write(location("data/tenant=a+b/ts_hour=2/x"), content);
    io.deleteFile(location("data/tenant=a+b/ts_hour=1/x"));
    assertThat(directory.resolve("data/tenant=a+b/ts_hour=1")).exists();
    io.deleteFile(location("data/tenant=a+b/ts_hour=1/y"));
    assertThat(directory.resolve("data/tenant=a+b/ts_hour=1")).doesNotExist();
    assertThat(directory.resolve("data/tenant=a+b/ts_hour=2/x")).exists();
    io.deleteFile(location("data/tenant=a+b/ts_hour=2/x"));
    assertThat(directory.resolve("data")).isEmptyDirectory();
  }

  @Test
  void createsFilesWhileOthersTakeTheDirectoryAway() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        String location = location("data/ts_hour=1/" + i);
        done.add(
            threads.submit(
                () -> {
                  for (int round = 0; round < 300; round++) {
                    write(location, new byte[] {1});
                    io.deleteFile(location);
                  }

                  return null;
                }));
      }

      for (Future<?> future : done) {
        future.get();
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(directory.resolve("data")).isEmptyDirectory();
  }

  private void write(String location, byte[] content) throws IOException {
    try (PositionOutputStream out = io.newOutputFile(location).create()) {
      out.write(content);
    }
  }
}
