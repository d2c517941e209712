/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import io.flamelake.fuzz.FuzzRun.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The long run: {@code fuzz/run TARGET [SECONDS]}, one target after the other. */
final class FuzzMain {

  private static final String ALL = "all";
  private static final int DEFAULT_SECONDS = 3600;
  private static final int ANY_SEED = 0;

  private FuzzMain() {}

  public static void main(String[] args) throws Exception {
    if (args.length < 1 || args.length > 2) {
      System.err.println("TARGET [SECONDS], with " + ALL + " or one of " + targets(ALL));
      System.exit(2);
    }

    String unsupported = FuzzRun.unsupported();
    if (unsupported != null) {
      System.err.println(unsupported);
      System.exit(2);
    }

    Duration duration =
        Duration.ofSeconds(args.length == 2 ? Integer.parseInt(args[1]) : DEFAULT_SECONDS);
    boolean found = false;
    for (FuzzTarget target : targets(args[0])) {
      Result result = new FuzzRun(target, Path.of("fuzz"), duration, ANY_SEED).run();
      System.out.println(result.summary());
      if (result.failure() != null) {
        System.out.println(result.failure());
        found = true;
      }
    }

    System.exit(found ? 1 : 0);
  }

  private static List<FuzzTarget> targets(String name) {
    return name.equals(ALL) ? List.of(FuzzTarget.values()) : List.of(FuzzTarget.of(name));
  }
}
