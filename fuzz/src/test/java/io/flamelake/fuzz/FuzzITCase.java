/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.flamelake.fuzz.FuzzRun.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Fuzzes every target for a while, some at a time; {@code -Dfuzz.seconds} says how long. */
class FuzzITCase {

  /** More than the cores of a small machine: a good part of a minute is start-up. */
  private static final int PARALLEL = 4;

  /** So that a build tells of the change that it builds; long runs go other ways. */
  private static final int SEED = Integer.getInteger("fuzz.seed", 1);

  private static final Duration DURATION =
      Duration.ofSeconds(Integer.getInteger("fuzz.seconds", 60));

  @Test
  void findsNothing() throws Exception {
    String unsupported = FuzzRun.unsupported();
    if (unsupported != null) {
      System.out.println("Fuzzing is skipped: " + unsupported);
    }

    assumeTrue(unsupported == null, unsupported);
    List<String> failures = new ArrayList<>();
    ExecutorService executor = Executors.newFixedThreadPool(PARALLEL);
    try {
      List<Future<Result>> results = new ArrayList<>();
      for (FuzzTarget target : targets()) {
        results.add(executor.submit(() -> run(target)));
      }

      for (Future<Result> result : results) {
        String failure = result.get().failure();
        if (failure != null) {
          failures.add(result.get().summary() + "\n" + failure);
        }
      }
    } finally {
      executor.shutdownNow();
    }

    assertThat(failures).isEmpty();
  }

  private static List<FuzzTarget> targets() {
    String target = System.getProperty("fuzz.target");
    return target == null ? List.of(FuzzTarget.values()) : List.of(FuzzTarget.of(target));
  }

  private static Result run(FuzzTarget target) throws Exception {
    Result result = new FuzzRun(target, Path.of(""), DURATION, SEED).run();
    System.out.println("Fuzzed " + result.summary());
    return result;
  }
}
