/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs what has been found once, and what fuzzing begins with, without a fuzzer. */
class FuzzRegressionTest {

  @ParameterizedTest
  @EnumSource
  void standsWhatWasFoundOnce(FuzzTarget target) throws IOException {
    for (Path input : FuzzDirectory.files(new FuzzDirectory(Path.of(""), target).regressions())) {
      byte[] bytes = Files.readAllBytes(input);
      assertThatCode(() -> target.run(bytes)).as("%s", input).doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @EnumSource
  void beginsWithGoodInputs(FuzzTarget target) {
    List<byte[]> seeds = target.seeds();
    assertThat(seeds).isNotEmpty().allSatisfy(seed -> assertThat(seed).hasSizeLessThan(4096));
    for (byte[] seed : seeds) {
      assertThatCode(() -> target.run(seed)).doesNotThrowAnyException();
    }
  }

  /** Not for finding anything: it shows that a target can be given any bytes. */
  @ParameterizedTest
  @EnumSource
  void standsNoise(FuzzTarget target) {
    Random random = new Random(1);
    for (int i = 0; i < 50; i++) {
      byte[] noise = new byte[random.nextInt(64)];
      random.nextBytes(noise);
      assertThatCode(() -> target.run(noise)).doesNotThrowAnyException();
    }
  }
}
