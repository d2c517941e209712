/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.flamelake.gateway.limits.Relabelling;
import io.flamelake.gateway.relabel.RelabelRuleParser;
import io.flamelake.gateway.relabel.RelabelRules;
import io.flamelake.model.LabelSet;
import io.flamelake.testkit.ProfileSynthesizer;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Applying rules to the labels of one series. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class RelabelBenchmark {
  @Param({"default", "default-and-10"})
  public String rules = "default";

  private RelabelRules applied = RelabelRules.NONE;
  private LabelSet labels = LabelSet.EMPTY;

  @Setup
  public void load() throws IOException {
    Relabelling relabelling = Relabelling.DEFAULT;
    if (rules.equals("default-and-10")) {
      relabelling =
          relabelling.withRules(
              RelabelRuleParser.parse(new YAMLMapper().readTree(RelabelWorkload.RULES)));
    }

    applied = relabelling.allRules();
    labels = ProfileSynthesizer.builder().build().cpuProfile(0, 0, Instant.EPOCH).labels();
  }

  @Benchmark
  public @Nullable LabelSet apply() {
    return applied.apply(labels);
  }
}
