/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Pyroscope's client libraries as their registries have them, each in a program of ours that does
 * nothing but compute, in one function. The programs are in {@code src/test}.
 */
enum ClientSdk {
  /** {@code pyroscope-io} of PyPI. It speaks {@code push.v1}. */
  PYTHON("spin_python", "process_cpu:cpu:nanoseconds:cpu:nanoseconds") {
    @Override
    List<String> command(Path scratch) throws IOException {
      return PythonEnvironment.of("sdk", scratch, "pyroscope-io==1.4.0")
          .command(source("python/burn.py"));
    }
  },

  /** {@code @pyroscope/nodejs} of npm. It sends pprof to {@code /ingest}. */
  NODE("spinNode", "wall:wall:nanoseconds:wall:nanoseconds") {
    @Override
    List<String> command(Path scratch) throws IOException {
      Path dir = Files.createDirectories(Path.of("target", "sdk", "node").toAbsolutePath());
      for (String file : List.of("burn.mjs", "package.json", "package-lock.json")) {
        Files.write(dir.resolve(file), Files.readAllBytes(source("node/" + file)));
      }

      need(scratch, "cd " + dir + " && npm ci --no-audit --no-fund");
      return List.of("node", dir.resolve("burn.mjs").toString());
    }
  },

  /** {@code github.com/grafana/pyroscope-go}. It sends pprof in forms to {@code /ingest}. */
  GO("main.spinGo", "process_cpu:cpu:nanoseconds:cpu:nanoseconds") {
    @Override
    List<String> command(Path scratch) {
      return List.of(GoPrograms.build("sdk", scratch).toString());
    }
  },

  /** {@code io.pyroscope:agent} of Maven Central. It sends JFR to {@code /ingest}. */
  JAVA(
      "Burner.spinJava",
      "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
      "memory:alloc_in_new_tlab_bytes:bytes:space:bytes",
      "memory:alloc_in_new_tlab_objects:count:space:bytes") {
    @Override
    List<String> command(Path scratch) {
      Path agent = Path.of("target", "sdk", "java", "pyroscope.jar").toAbsolutePath();
      return List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-javaagent:" + agent,
          "-cp",
          agent.toString(),
          source("java/Burner.java").toString());
    }

    @Override
    Map<String, String> environment(String url) {
      return Map.of(
          "PYROSCOPE_APPLICATION_NAME", service(),
          "PYROSCOPE_SERVER_ADDRESS", url,
          "PYROSCOPE_FORMAT", "jfr",
          "PYROSCOPE_UPLOAD_INTERVAL", "5s",
          "PYROSCOPE_PROFILER_EVENT", "itimer",
          "PYROSCOPE_PROFILER_ALLOC", "512k",
          "PYROSCOPE_LABELS", "zone=z1");
    }
  },

  /** The crate {@code pyroscope}. */
  RUST("spin_rust", "process_cpu:cpu:nanoseconds:cpu:nanoseconds") {
    @Override
    List<String> command(Path scratch) {
      Path target = Path.of("target", "sdk", "rust").toAbsolutePath();
      need(scratch, "cargo --version");
      need(
          scratch,
          "cargo build --quiet --locked --target-dir "
              + target
              + " --manifest-path "
              + source("rust/Cargo.toml"));
      return List.of(target.resolve("debug/flamelake-it-sdk").toString());
    }
  };

  private static final Duration MAX_PREPARATION = Duration.ofMinutes(10);

  private final String hotFunction;
  private final List<String> profileTypes;

  ClientSdk(String hotFunction, String... profileTypes) {
    this.hotFunction = hotFunction;
    this.profileTypes = List.of(profileTypes);
  }

  /**
   * Installs the library and makes the program. The command it returns takes the server's URL and
   * for how many seconds to run.
   *
   * @throws org.opentest4j.TestAbortedException if this machine lacks what the program needs
   */
  abstract List<String> command(Path scratch) throws IOException;

  Map<String, String> environment(String url) {
    return Map.of();
  }

  String service() {
    return "sdk." + name().toLowerCase(Locale.ROOT);
  }

  /** The function that computes, as profiles name it. */
  String hotFunction() {
    return hotFunction;
  }

  /** Types that the library sends, first the one in which the computing shows. */
  List<String> profileTypes() {
    return profileTypes;
  }

  private static Path source(String file) {
    Path source = Path.of("target", "test-classes", "sdk", file).toAbsolutePath();
    assertThat(source).exists();
    return source;
  }

  private static void need(Path scratch, String command) {
    FlamelakeLauncher.Result result =
        FlamelakeLauncher.run(scratch, MAX_PREPARATION, List.of("bash", "-c", command));
    assumeTrue(result.status() == 0, () -> command + ": " + result.out() + result.err());
  }
}
