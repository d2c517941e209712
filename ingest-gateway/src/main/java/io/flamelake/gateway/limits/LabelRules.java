/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.limits;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.DiscardReason;
import io.flamelake.model.Label;
import io.flamelake.model.LabelNames;
import io.flamelake.model.LabelSet;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What is made of the labels a client sends, and which are refused. */
public final class LabelRules {

  /** The service of profiles that name none. */
  public static final String UNKNOWN_SERVICE = "unknown_service";

  /** Names the client library that took a profile. */
  public static final String SPY = "pyroscope_spy";

  /** Keeps the name a default rule has replaced. */
  public static final String NAME_REPLACED = "__name_replaced__";

  /**
   * Go's delta profiler marks its profiles so; what they hold are plain memory or mutex profiles.
   */
  private static final String GO_DELTA_PREFIX = "godeltaprof_";

  /** What the protocol or {@code /ingest} adds: a name with 30 labels of its own is within 30. */
  private static final Set<String> EVERY_SERIES =
      Set.of(LabelNames.NAME, LabelNames.SERVICE_NAME, LabelNames.DELTA, SPY, NAME_REPLACED);

  private static final int MAX_DESCRIBED_LENGTH = 512;

  private static final String WALL = "wall";
  private static final String CPU_TYPE = "cpu";
  private static final String PROCESS_CPU = "process_cpu";

  private final Limits limits;

  public LabelRules(Limits limits) {
    this.limits = requireNonNull(limits, "limits");
  }

  /**
   * Makes a series' labels from what the client sent, in any order: the missing service name gets a
   * default, the session id is dropped, the names of Go's delta profiler become plain ones.
   *
   * @throws RejectedProfileException if there is no label, or a name twice
   */
  public LabelSet prepare(List<Label> pushed) {
    if (pushed.isEmpty()) {
      throw new RejectedProfileException(
          DiscardReason.MISSING_LABELS, "error at least one label pair is required per profile");
    }

    checkDistinct(pushed);
    LabelSet labels = LabelSet.of(pushed).without(LabelNames.SESSION_ID);
    if (labels.value(LabelNames.SERVICE_NAME).isEmpty()) {
      labels = labels.with(LabelNames.SERVICE_NAME, UNKNOWN_SERVICE);
    }

    String name = labels.value(LabelNames.NAME);
    if (name.startsWith(GO_DELTA_PREFIX) && name.length() > GO_DELTA_PREFIX.length()) {
      labels =
          labels
              .with(LabelNames.NAME, name.substring(GO_DELTA_PREFIX.length()))
              .with(NAME_REPLACED, name)
              .with(LabelNames.DELTA, "false");
    }

    return labels;
  }

  /** Whether samples of this type belong under another name than their series has. */
  public boolean isRenamed(LabelSet labels, String sampleType) {
    return sampleType.equals(CPU_TYPE) && labels.value(LabelNames.NAME).equals(WALL);
  }

  /**
   * The labels for the sample types that {@link #isRenamed} is true of: CPU time found in wall
   * profiles.
   */
  public LabelSet rename(LabelSet labels) {
    return labels.with(LabelNames.NAME, PROCESS_CPU).with(NAME_REPLACED, WALL);
  }

  /**
   * Checks the labels of a series, its samples' labels included.
   *
   * @throws RejectedProfileException if they break a limit, or the name or the service is missing
   */
  public void validate(LabelSet labels) {
    long names = clientLabels(labels);
    if (names > limits.maxLabelNamesPerSeries()) {
      throw new RejectedProfileException(
          DiscardReason.MAX_LABEL_NAMES_PER_SERIES,
          "profile series '%s' has %d label names; limit %d"
              .formatted(describe(labels), names, limits.maxLabelNamesPerSeries()));
    }

    if (labels.value(LabelNames.NAME).isEmpty()) {
      throw new RejectedProfileException(
          DiscardReason.INVALID_LABELS,
          "invalid labels '%s' with error: invalid metric name".formatted(describe(labels)));
    }

    if (labels.value(LabelNames.SERVICE_NAME).isEmpty()) {
      throw new RejectedProfileException(
          DiscardReason.INVALID_LABELS,
          "invalid labels '%s' with error: service name is not provided"
              .formatted(describe(labels)));
    }

    for (Label label : labels.labels()) {
      validate(label, labels);
    }
  }

  /** How many labels the client chose: those that every series has anyway do not count. */
  private static long clientLabels(LabelSet labels) {
    return labels.labels().stream().filter(label -> !EVERY_SERIES.contains(label.name())).count();
  }

  /** Labels as error messages show them: whatever they hold, the message stays short. */
  public static String describe(LabelSet labels) {
    return abbreviate(labels.toString());
  }

  private static String abbreviate(String text) {
    return text.length() <= MAX_DESCRIBED_LENGTH
        ? text
        : text.substring(0, MAX_DESCRIBED_LENGTH) + "…";
  }

  private void validate(Label label, LabelSet labels) {
    if (label.name().isEmpty() || !isText(label.name()) || !isText(label.value())) {
      throw new RejectedProfileException(
          DiscardReason.INVALID_LABELS,
          "invalid labels '%s' with error: invalid label name or value of '%s'"
              .formatted(describe(labels), abbreviate(label.name())));
    }

    if (isLonger(label.name(), limits.maxLabelNameLength())) {
      throw new RejectedProfileException(
          DiscardReason.LABEL_NAME_TOO_LONG,
          "profile with labels '%s' has label name too long: '%s'"
              .formatted(describe(labels), abbreviate(label.name())));
    }

    if (isLonger(label.value(), limits.maxLabelValueLength())) {
      throw new RejectedProfileException(
          DiscardReason.LABEL_VALUE_TOO_LONG,
          "profile with labels '%s' has label value too long: '%s'"
              .formatted(describe(labels), abbreviate(label.value())));
    }
  }

  private static void checkDistinct(List<Label> pushed) {
    Set<String> names = new HashSet<>();
    for (Label label : pushed) {
      if (!names.add(label.name())) {
        throw new RejectedProfileException(
            DiscardReason.DUPLICATE_LABEL_NAMES,
            "profile with labels '%s' has duplicate label name: '%s'"
                .formatted(abbreviate(pushed.toString()), abbreviate(label.name())));
      }
    }
  }

  private static boolean isLonger(String text, int maxBytes) {
    // One char is three bytes at most.
    return text.length() > maxBytes
        || (text.length() > maxBytes / 3
            && text.getBytes(StandardCharsets.UTF_8).length > maxBytes);
  }

  /** Whether a text has a form in UTF-8: JSON can smuggle in halves of surrogate pairs. */
  private static boolean isText(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        return false;
      }
    }

    return true;
  }
}
