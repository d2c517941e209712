/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestJobArgumentsTest {

  private static final String SEGMENT = "01J00000000000000000000001/7";

  @TempDir private Path directory;

  @Test
  void defaults() throws IOException {
    IngestJobConfig config =
        parse("store.uri=s3://lake/log", "catalog.property.uri=http://localhost:1");
    assertThat(config.catalog().name()).isEqualTo("flamelake");
    assertThat(config.catalog().namespace()).isEqualTo("flamelake");
    assertThat(config.log().properties()).isEmpty();
    assertThat(config.checkpointInterval()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.pollInterval()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.duplicateWindow()).isEqualTo(Duration.ofMinutes(15));
    assertThat(config.delta())
        .isEqualTo(new DeltaSettings(Duration.ofHours(1), Duration.ofMinutes(2)));
    assertThat(config.maxBufferBytes()).isEqualTo(67_108_864);
    assertThat(config.commitRetry().timeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.skippedSegments()).isEmpty();
  }

  @Test
  void everyKeyMaps() throws IOException {
    IngestJobConfig config =
        parse(
            "store.uri=s3://lake/log",
            "store.property.s3.endpoint=http://localhost:2",
            "catalog.property.uri=http://localhost:1",
            "catalog.name=prod",
            "catalog.namespace=profiles",
            "checkpoint.interval=PT7S",
            "poll.interval=PT2S",
            "duplicate.window=PT20M",
            "delta.baseline-ttl=PT3H",
            "delta.replay-window=PT4M",
            "writer.max-buffer-bytes=1000",
            "commit.timeout=PT3M",
            "skip.segments=" + SEGMENT);
    assertThat(config.log().uri()).isEqualTo("s3://lake/log");
    assertThat(config.log().properties()).isEqualTo(Map.of("s3.endpoint", "http://localhost:2"));
    assertThat(config.catalog().properties()).isEqualTo(Map.of("uri", "http://localhost:1"));
    assertThat(config.catalog().name()).isEqualTo("prod");
    assertThat(config.catalog().namespace()).isEqualTo("profiles");
    assertThat(config.checkpointInterval()).isEqualTo(Duration.ofSeconds(7));
    assertThat(config.pollInterval()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.duplicateWindow()).isEqualTo(Duration.ofMinutes(20));
    assertThat(config.delta())
        .isEqualTo(new DeltaSettings(Duration.ofHours(3), Duration.ofMinutes(4)));
    assertThat(config.maxBufferBytes()).isEqualTo(1000);
    assertThat(config.commitRetry().timeout()).isEqualTo(Duration.ofMinutes(3));
    assertThat(config.skippedSegments()).isEqualTo(Set.of(SEGMENT));
  }

  @Test
  void argumentsWinOverTheFile() throws IOException {
    Path file = directory.resolve("job.properties");
    Files.writeString(
        file, "store.uri=s3://a/b\ncatalog.property.uri=x\ncheckpoint.interval=PT1S\n");
    IngestJobConfig config = parse("config.file=" + file, "checkpoint.interval=PT2S");
    assertThat(config.log().uri()).isEqualTo("s3://a/b");
    assertThat(config.checkpointInterval()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertRefused("Missing key: store.uri", "catalog.property.uri=x");
    assertRefused("Missing keys: catalog.property.*", "store.uri=s3://a/b");
    assertRefused(
        "Unknown keys: [chekpoint.interval]",
        "store.uri=s3://a/b",
        "catalog.property.uri=x",
        "chekpoint.interval=PT1S");
    assertRefused("Argument: --help (expected: key=value)", "--help");
    assertRefused(
        "poll.interval: soon (expected: a duration such as PT5S)",
        "store.uri=s3://a/b",
        "catalog.property.uri=x",
        "poll.interval=soon");
  }

  private static void assertRefused(String message, String... arguments) {
    assertThatThrownBy(() -> parse(arguments))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static IngestJobConfig parse(String... arguments) throws IOException {
    return IngestJobArguments.parse(arguments);
  }
}
