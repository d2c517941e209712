/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import io.flamelake.model.LabelNames;
import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import io.flamelake.model.TenantId;
import io.flamelake.model.XxHash64;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** A profile that a store under test holds, in the plainest form. */
public record TestProfile(
    TenantId tenant,
    ProfileType type,
    LabelSet labels,
    long timeMicros,
    UUID id,
    List<Sample> samples) {

  /** One frame; with an address it is an unsymbolized one of mapping {@code file}. */
  public record Frame(String function, String file, int line, long address) {
    public static Frame of(String function) {
      return new Frame(function, function + ".go", function.length(), 0);
    }

    boolean isSymbolized() {
      return address == 0;
    }
  }

  /** One sample, frames root first; span and trace 0: none. */
  public record Sample(List<Frame> frames, long value, long spanId, long traceId) {
    public List<String> functions() {
      return frames.stream().map(Frame::function).toList();
    }

    /** An id that is the same for the same frames of the same service. */
    public long stackId(TenantId tenant, String serviceName) {
      byte[] content =
          (tenant.value() + "\n" + serviceName + "\n" + frames).getBytes(StandardCharsets.UTF_8);
      return XxHash64.hash(content, 0);
    }
  }

  public String serviceName() {
    return labels.value(LabelNames.SERVICE_NAME);
  }

  public long total() {
    return samples.stream().mapToLong(Sample::value).sum();
  }

  public boolean hasSpans() {
    return samples.stream().anyMatch(sample -> sample.spanId() != 0);
  }

  public boolean hasTraces() {
    return samples.stream().anyMatch(sample -> sample.traceId() != 0);
  }

  public LabelSet allLabels() {
    return labels.merge(type.labels(serviceName()));
  }
}
