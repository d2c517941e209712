/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StorageConfigTest {
  @Test
  void defaults() {
    assertThat(Bindings.defaults(StorageConfig.class))
        .isEqualTo(new StorageConfig(Path.of("data").toAbsolutePath(), "", Map.of()));
  }

  @Test
  void everyKeyMaps() {
    assertThat(
            Bindings.bind(
                StorageConfig.class,
                "storage.path",
                "/srv/flamelake",
                "object-store.uri",
                "s3://bucket/prefix",
                "object-store.properties.s3.endpoint",
                "http://127.0.0.1:9000"))
        .isEqualTo(
            new StorageConfig(
                Path.of("/srv/flamelake"),
                "s3://bucket/prefix",
                Map.of("s3.endpoint", "http://127.0.0.1:9000")));
  }

  @Test
  void ownStoreIsTheOneInItsPath() {
    Path path = Path.of("/srv/flamelake");

    assertThat(new StorageConfig(path, "", Map.of()).isOwnStore()).isTrue();
    assertThat(new StorageConfig(path, "file:///srv/flamelake", Map.of()).isOwnStore()).isFalse();
    assertThat(new StorageConfig(path, "s3://bucket/prefix", Map.of()).isOwnStore()).isFalse();
  }
}
