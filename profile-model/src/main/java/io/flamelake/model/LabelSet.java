/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names and values that identify a series, sorted by name. Immutable.
 *
 * <p>A label with an empty value is the same as no label, so empty values are dropped: two sets are
 * equal exactly when every matcher sees the same in both.
 */
public final class LabelSet {

  public static final LabelSet EMPTY = new LabelSet(List.of());

  /** Part of the stored series id: changing it separates every series from its past. */
  private static final long ID_SEED = 0;

  private static final Comparator<Label> BY_NAME = Comparator.comparing(Label::name);

  /**
   * Takes names and values in turn.
   *
   * @throws IllegalArgumentException if a name occurs twice or the last one has no value
   */
  public static LabelSet of(String... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException(
          "namesAndValues: " + namesAndValues.length + " strings (expected: an even number)");
    }

    Label[] labels = new Label[namesAndValues.length / 2];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = new Label(namesAndValues[2 * i], namesAndValues[2 * i + 1]);
    }

    return ofOwned(labels);
  }

  /**
   * @throws IllegalArgumentException if a name occurs twice
   */
  public static LabelSet of(Collection<Label> labels) {
    return ofOwned(labels.toArray(new Label[0]));
  }

  public static LabelSet of(Map<String, String> labels) {
    Label[] array = new Label[labels.size()];
    int size = 0;
    for (Map.Entry<String, String> entry : labels.entrySet()) {
      array[size++] = new Label(entry.getKey(), entry.getValue());
    }

    return ofOwned(array);
  }

  private final List<Label> labels;

  /** Zero until asked for; computing it twice gives the same. */
  private volatile long id;

  private LabelSet(List<Label> labels) {
    this.labels = labels;
  }

  /** The labels, sorted by name. */
  public List<Label> labels() {
    return labels;
  }

  public int size() {
    return labels.size();
  }

  public boolean isEmpty() {
    return labels.isEmpty();
  }

  public @Nullable String findValue(String name) {
    int index = indexOf(name);
    return index < 0 ? null : labels.get(index).value();
  }

  /** The value as matchers see it: a missing label is the empty string. */
  public String value(String name) {
    int index = indexOf(name);
    return index < 0 ? "" : labels.get(index).value();
  }

  /** This set with one label added or replaced; an empty value removes it. */
  public LabelSet with(String name, String value) {
    if (value(name).equals(value)) {
      return this;
    }

    List<Label> result = new ArrayList<>(labels.size() + 1);
    for (Label label : labels) {
      if (!label.name().equals(name)) {
        result.add(label);
      }
    }

    result.add(new Label(name, value));
    return of(result);
  }

  public LabelSet without(String... names) {
    Set<String> dropped = new HashSet<>(Arrays.asList(names));
    List<Label> kept = labels.stream().filter(label -> !dropped.contains(label.name())).toList();
    return kept.size() == labels.size() ? this : ofSorted(kept);
  }

  /** The labels with one of these names; names that are missing here stay missing. */
  public LabelSet project(Collection<String> names) {
    List<Label> kept = labels.stream().filter(label -> names.contains(label.name())).toList();
    return kept.size() == labels.size() ? this : ofSorted(kept);
  }

  /** Both sets in one; where both have a name, the other's value counts. */
  public LabelSet merge(LabelSet other) {
    if (other.isEmpty()) {
      return this;
    }

    if (isEmpty()) {
      return other;
    }

    List<Label> result = new ArrayList<>(labels.size() + other.size());
    int left = 0;
    int right = 0;
    while (left < labels.size() && right < other.size()) {
      Label mine = labels.get(left);
      Label theirs = other.labels.get(right);
      int order = mine.name().compareTo(theirs.name());
      result.add(order < 0 ? mine : theirs);
      if (order <= 0) {
        left++;
      }

      if (order >= 0) {
        right++;
      }
    }

    result.addAll(labels.subList(left, labels.size()));
    result.addAll(other.labels.subList(right, other.size()));
    return ofSorted(result);
  }

  /**
   * The series id: XXH64 with seed 0 over the labels in order of their names, each name and each
   * value as its UTF-8 length (32 bits, little endian) followed by the UTF-8 bytes. The id is
   * stored, so this definition never changes.
   */
  public long id() {
    long result = id;
    if (result == 0) {
      result = computeId();
      id = result;
    }

    return result;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LabelSet && labels.equals(((LabelSet) other).labels);
  }

  @Override
  public int hashCode() {
    return labels.hashCode();
  }

  /** The set in the notation of selectors: {@code {namespace="shop", service_name="cart"}}. */
  @Override
  public String toString() {
    StringBuilder result = new StringBuilder("{");
    for (Label label : labels) {
      if (result.length() > 1) {
        result.append(", ");
      }

      SelectorParser.appendName(result, label.name());
      result.append('=');
      SelectorParser.appendQuoted(result, label.value());
    }

    return result.append('}').toString();
  }

  private static LabelSet ofOwned(Label[] labels) {
    Arrays.sort(labels, BY_NAME);
    int size = 0;
    for (int i = 0; i < labels.length; i++) {
      Label label = labels[i];
      if (i > 0 && label.name().equals(labels[i - 1].name())) {
        throw new IllegalArgumentException("duplicate label name: '" + label.name() + "'");
      }

      if (!label.value().isEmpty()) {
        size++;
      }
    }

    if (size == labels.length) {
      return ofSorted(List.of(labels));
    }

    return ofSorted(Arrays.stream(labels).filter(label -> !label.value().isEmpty()).toList());
  }

  private static LabelSet ofSorted(List<Label> labels) {
    return labels.isEmpty() ? EMPTY : new LabelSet(List.copyOf(labels));
  }

  private int indexOf(String name) {
    requireNonNull(name, "name");
    int low = 0;
    int high = labels.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = labels.get(middle).name().compareTo(name);
      if (order == 0) {
        return middle;
      }

      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }

    return -1;
  }

  private long computeId() {
    int capacity = 0;
    for (Label label : labels) {
      capacity += 8 + 3 * (label.name().length() + label.value().length());
    }

    byte[] bytes = new byte[capacity];
    int end = 0;
    for (Label label : labels) {
      end = putString(bytes, end, label.name());
      end = putString(bytes, end, label.value());
    }

    return XxHash64.hash(bytes, 0, end, ID_SEED);
  }

  private static int putString(byte[] bytes, int offset, String string) {
    byte[] utf8 = string.getBytes(StandardCharsets.UTF_8);
    bytes[offset] = (byte) utf8.length;
    bytes[offset + 1] = (byte) (utf8.length >>> 8);
    bytes[offset + 2] = (byte) (utf8.length >>> 16);
    bytes[offset + 3] = (byte) (utf8.length >>> 24);
    System.arraycopy(utf8, 0, bytes, offset + 4, utf8.length);
    return offset + 4 + utf8.length;
  }
}
