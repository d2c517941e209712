/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.segment.store.LocalObjectStore.Durability;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalObjectStoreTest extends BaseObjectStoreTest {
  @TempDir private Path directory;

  @Override
  ObjectStore newStore() {
    return new LocalObjectStore(directory.resolve("objects"));
  }

  @Test
  void leavesNoTemporaryFile() throws Exception {
    try (ObjectStore store = newStore()) {
      store.putIfAbsent(key("object"), bytes("first"));
      assertThatThrownBy(() -> store.putIfAbsent(key("object"), bytes("second")))
          .isInstanceOf(ObjectExistsException.class);
      store.put(key("object"), bytes("third"));
    }

    assertThat(filesIn(directory.resolve("objects/.tmp"))).isEmpty();
  }

  @Test
  void deletesTemporaryFilesOfTheDeadOnly() throws Exception {
    Path temporary = Files.createDirectories(directory.resolve("objects/.tmp"));
    Path abandoned = Files.writeString(temporary.resolve("abandoned"), "x");
    Path young = Files.writeString(temporary.resolve("young"), "x");
    Files.setLastModifiedTime(abandoned, FileTime.from(Instant.now().minus(Duration.ofHours(2))));

    try (ObjectStore store = newStore()) {
      store.putIfAbsent(key("object"), bytes("x"));
    }

    assertThat(filesIn(temporary)).containsExactly(young);
  }

  @Test
  void neverListsFilesWithoutLegalNames() throws Exception {
    Path root = Files.createDirectories(directory.resolve("objects/segments/lane"));
    Files.writeString(root.resolve(".hidden"), "x");
    Files.writeString(root.resolve("with space"), "x");
    try (ObjectStore store = newStore()) {
      assertThat(store.list("segments/", null)).isEmpty();
    }
  }

  @Test
  void doesNotLeaveItsDirectory() throws Exception {
    Files.writeString(directory.resolve("secret"), "x");
    try (ObjectStore store = newStore()) {
      store.put(key("a"), bytes("x"));
      assertThat(store.list("../", null)).isEmpty();
      assertThat(store.list("a/../../", null)).isEmpty();
    }
  }

  @Test
  void sharesDirectoryWithAnotherProcessStore() {
    try (ObjectStore one = newStore();
        ObjectStore other =
            new LocalObjectStore(directory.resolve("objects"), Durability.PAGE_CACHE)) {
      one.putIfAbsent(key("segments/a/1"), bytes("x"));
      other.delete(key("segments/a/1"));
      // The first store still remembers the directory that the other one deleted.
      one.putIfAbsent(key("segments/a/2"), bytes("y"));
      assertThat(other.get(key("segments/a/2"))).isEqualTo(bytes("y"));
    }
  }

  private static List<Path> filesIn(Path directory) throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }
}
