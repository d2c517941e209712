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
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is made of the labels a client sends, and which are refused. */
public final class LabelRules {

  /** The service of profiles that name none. */
  public static final String UNKNOWN_SERVICE = "unknown_service";

  /** Names the client library that took a profile. */
  public static final String SPY = "pyroscope_spy";

  /** Keeps the name a default rule has replaced. */
  public static final String NAME_REPLACED = "__name_replaced__";

  /** What the protocol or {@code /ingest} adds: a name with 30 labels of its own is within 30. */
  private static final Set<String> EVERY_SERIES =
      Set.of(
          LabelNames.NAME,
          LabelNames.SERVICE_NAME,
          LabelNames.DELTA,
          LabelNames.SESSION_ID,
          SPY,
          NAME_REPLACED);

  private static final Pattern LEGACY_NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

  private static final int MAX_DESCRIBED_LENGTH = 512;

  private final Limits limits;

  public LabelRules(Limits limits) {
    this.limits = requireNonNull(limits, "limits");
  }

  /**
   * Makes a series' labels from what the client sent, in any order: the missing service name gets a
   * default, sessions become as few as the limit says, or the label goes.
   *
   * @throws RejectedProfileException if there is no label, or a name twice
   */
  public LabelSet prepare(List<Label> pushed) {
    if (pushed.isEmpty()) {
      throw new RejectedProfileException(
          DiscardReason.MISSING_LABELS, "error at least one label pair is required per profile");
    }

    checkDistinct(pushed);
    LabelSet labels = reduceSessions(LabelSet.of(pushed));
    if (labels.value(LabelNames.SERVICE_NAME).isEmpty()) {
      labels = labels.with(LabelNames.SERVICE_NAME, UNKNOWN_SERVICE);
    }

    return labels;
  }

  private LabelSet reduceSessions(LabelSet labels) {
    String session = labels.findValue(LabelNames.SESSION_ID);
    if (session == null) {
      return labels;
    }

    int sessions = limits.maxSessionsPerSeries();
    String reduced = sessions == 0 ? null : SessionId.reduce(session, sessions);
    return labels.with(LabelNames.SESSION_ID, reduced == null ? "" : reduced);
  }

  /** Whether {@link #sanitize} would change or refuse one of these names. */
  public boolean sanitizesAny(Collection<String> names) {
    return limits.sanitizesLabelNames()
        && !names.stream().allMatch(name -> name.equals(sanitize(name)));
  }

  /**
   * Makes Prometheus' names of all names, if the limits say so.
   *
   * @throws RejectedProfileException if a name cannot be made one, or two become the same and have
   *     different values
   */
  public LabelSet sanitize(LabelSet labels) {
    if (!sanitizesAny(labels.labels().stream().map(Label::name).toList())) {
      return labels;
    }

    Map<String, String> sanitized = new TreeMap<>();
    for (Label label : labels.labels()) {
      String name = sanitize(label.name());
      if (name == null) {
        throw new RejectedProfileException(
            DiscardReason.INVALID_LABELS,
            "invalid labels '%s' with error: invalid label name '%s'"
                .formatted(describe(labels), abbreviate(label.name())));
      }

      String other = sanitized.put(name, label.value());
      if (other != null && !other.equals(label.value())) {
        throw new RejectedProfileException(
            DiscardReason.DUPLICATE_LABEL_NAMES,
            "profile with labels '%s' has duplicate label name: '%s'"
                .formatted(describe(labels), abbreviate(name)));
      }
    }

    return LabelSet.of(sanitized);
  }

  /** The name with underscores for its dots, or null if it is still none of Prometheus'. */
  private static @Nullable String sanitize(String name) {
    String sanitized = name.replace('.', '_');
    return LEGACY_NAME.matcher(sanitized).matches() ? sanitized : null;
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
