/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectStoresTest {
  @TempDir private Path directory;

  @Test
  void opensLocalDirectoryWithSpacesInItsName() {
    Path root = directory.resolve("my objects");
    try (ObjectStore store = ObjectStores.open(root.toUri().toString(), Map.of())) {
      store.put(new ObjectKey("object"), new byte[1]);
    }

    assertThat(Files.exists(root.resolve("object"))).as("object exists").isTrue();
  }

  @Test
  void opensMemory() {
    try (ObjectStore store = ObjectStores.open("memory:", Map.of())) {
      assertThat(store).isInstanceOf(InMemoryObjectStore.class);
    }
  }

  @Test
  void refusesOtherUris() {
    assertThatThrownBy(() -> ObjectStores.open("gs://bucket", Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Object store: gs://bucket (expected: file:///…, s3://bucket/prefix or memory:)");
    assertThatThrownBy(() -> ObjectStores.open("file://host/path", Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("an absolute path");
    assertThatThrownBy(() -> ObjectStores.open("s3:///path", Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("s3://bucket/prefix");
  }

  @Test
  void refusesUnknownDurability() {
    assertThatThrownBy(
            () ->
                ObjectStores.open(
                    "file:///tmp/x", Map.of(ObjectStores.LOCAL_DURABILITY, "sometimes")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("local.durability: sometimes (expected: disk or page-cache)");
  }
}
