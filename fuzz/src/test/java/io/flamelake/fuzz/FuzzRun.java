/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs one target in a process of its own, for some time or until something is found. */
final class FuzzRun {

  /** Of one input, on a machine that is busy with other things; longer ends the process. */
  private static final Duration INPUT_TIMEOUT = Duration.ofSeconds(30);

  private static final Duration START_TIMEOUT = Duration.ofMinutes(3);
  private static final String MAX_HEAP = "-Xmx384m";
  private static final int MAX_RESIDENT_MEGABYTES = 2_048;
  private static final int MAX_INPUT_BYTES = 4_096;
  private static final int MAX_SHOWN_LINES = 60;

  private static final Pattern STATUS =
      Pattern.compile("^#(\\d+)\\s.*\\bft: (\\d+) corp: (\\d+)/(\\S+)", Pattern.MULTILINE);
  private static final Pattern FINDING =
      Pattern.compile("^== Java|^==\\d+== ?ERROR|^== libFuzzer|^Exception", Pattern.MULTILINE);

  private final FuzzTarget target;
  private final FuzzDirectory directory;
  private final Duration duration;
  private final int seed;

  /**
   * Prepares a run.
   *
   * @param seed the same one leads through the same inputs, from the same corpus; 0 for any
   */
  FuzzRun(FuzzTarget target, Path module, Duration duration, int seed) {
    this.target = target;
    this.directory = new FuzzDirectory(module, target);
    this.duration = duration;
    this.seed = seed;
  }

  /**
   * What a run has seen.
   *
   * @param summary a line on how much was tried
   * @param failure what was found; null if nothing was
   */
  record Result(String summary, @Nullable String failure) {}

  /** Why there is no Jazzer for this machine, or null if there is. */
  static @Nullable String unsupported() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String system = os.startsWith("mac") ? "macos" : os.startsWith("windows") ? "windows" : os;
    String machine = arch.equals("amd64") ? "x86_64" : arch;
    String driver =
        "/com/code_intelligence/jazzer/driver/jazzer_driver_%s_%s".formatted(system, machine);
    return FuzzRun.class.getResource(driver) == null
        ? "Jazzer has no driver for %s on %s".formatted(os, arch)
        : null;
  }

  Result run() throws IOException, InterruptedException {
    Path findings = directory.findings();
    for (Path old : FuzzDirectory.files(findings)) {
      Files.delete(old);
    }

    Path log = directory.log();
    Process process =
        new ProcessBuilder(command(findings))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      Duration limit = duration.plus(START_TIMEOUT);
      boolean ended = process.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
      String output = Files.readString(log, StandardCharsets.ISO_8859_1);
      String failure = null;
      if (!ended) {
        failure = "It did not end after " + limit;
      } else if (process.exitValue() != 0) {
        failure = describe(process.exitValue(), output, findings);
      }

      return new Result(summary(output), failure);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private List<String> command(Path findings) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(MAX_HEAP, "-XX:+UseSerialGC", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=off");
    command.add("com.code_intelligence.jazzer.Jazzer");
    command.add("--target_class=" + target.targetClass().getName());
    // Feedback from our code only: the libraries below are fuzzed by others, and slow when watched.
    command.add("--instrumentation_includes=io.flamelake.**");
    command.add("--custom_hook_includes=io.flamelake.**");
    command.add("--instrumentation_excludes=io.flamelake.fuzz.**:io.flamelake.proto.**");
    command.add("--reproducer_path=" + findings);
    command.add("-artifact_prefix=" + findings + "/");
    command.add("-max_total_time=" + duration.toSeconds());
    command.add("-seed=" + seed);
    command.add("-timeout=" + INPUT_TIMEOUT.toSeconds());
    command.add("-rss_limit_mb=" + MAX_RESIDENT_MEGABYTES);
    command.add("-max_len=" + MAX_INPUT_BYTES);
    command.add(directory.corpus().toString());
    command.add(directory.writeSeeds().toString());
    if (Files.isDirectory(directory.regressions())) {
      command.add(directory.regressions().toString());
    }

    return command;
  }

  private String summary(String output) {
    Matcher status = STATUS.matcher(output);
    String summary = "no run";
    while (status.find()) {
      summary =
          "%s runs, %s features, corpus of %s inputs (%s)"
              .formatted(status.group(1), status.group(2), status.group(3), status.group(4));
    }

    return "%-10s %4d s: %s".formatted(target, duration.toSeconds(), summary);
  }

  private String describe(int exitValue, String output, Path findings) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("Exit value ").append(exitValue).append(", log: ").append(directory.log());
    for (Path input : FuzzDirectory.files(findings)) {
      if (!input.toString().endsWith(".java")) {
        text.append("\nInput: ").append(input);
        text.append("\nBase64: ")
            .append(Base64.getEncoder().encodeToString(Files.readAllBytes(input)));
      }
    }

    Matcher finding = FINDING.matcher(output);
    String rest = output.substring(finding.find() ? finding.start() : 0);
    return text.append('\n')
        .append(rest.lines().limit(MAX_SHOWN_LINES).collect(Collectors.joining("\n")))
        .toString();
  }
}
