/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.relabel;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One rule, as {@code relabel_configs} of Prometheus have them. A label that is missing has the
 * empty value, and setting a label to the empty value removes it.
 *
 * @param sourceLabels whose values, joined by the separator, the rule looks at
 * @param separator between the values
 * @param regex what the joined values, or for {@code label…} actions the names, are matched against
 * @param modulus of {@code hashmod}, 0 for other actions
 * @param targetLabel what is written, empty for actions that write none; {@code replace} expands
 *     references to groups in it
 * @param replacement the value to write, or the name of {@code labelmap}, with references to groups
 * @param action what is done
 */
public record RelabelRule(
    List<String> sourceLabels,
    String separator,
    AnchoredRegex regex,
    long modulus,
    String targetLabel,
    String replacement,
    RelabelAction action) {

  static final String DEFAULT_SEPARATOR = ";";
  static final String DEFAULT_REPLACEMENT = "$1";

  public RelabelRule {
    sourceLabels = List.copyOf(sourceLabels);
    requireNonNull(separator, "separator");
    requireNonNull(regex, "regex");
    requireNonNull(targetLabel, "targetLabel");
    requireNonNull(replacement, "replacement");
    requireNonNull(action, "action");
    checkFields(sourceLabels, separator, regex, modulus, targetLabel, replacement, action);
  }

  /** A builder with Prometheus' defaults: {@code replace} of everything with {@code $1}. */
  public static RelabelRuleBuilder builder() {
    return new RelabelRuleBuilder();
  }

  /** Applies the rule to labels and returns whether they are kept. */
  boolean applyTo(SortedMap<String, String> labels) {
    switch (action) {
      case KEEP -> {
        return regex.matches(source(labels));
      }
      case DROP -> {
        return !regex.matches(source(labels));
      }
      case KEEPEQUAL -> {
        return labels.getOrDefault(targetLabel, "").equals(source(labels));
      }
      case DROPEQUAL -> {
        return !labels.getOrDefault(targetLabel, "").equals(source(labels));
      }
      case REPLACE -> replace(labels);
      case HASHMOD -> set(labels, targetLabel, Long.toString(hash(source(labels))));
      case LOWERCASE -> set(labels, targetLabel, lowerCase(source(labels)));
      case UPPERCASE -> set(labels, targetLabel, upperCase(source(labels)));
      case LABELMAP -> mapNames(labels);
      case LABELDROP -> labels.keySet().removeIf(regex::matches);
      case LABELKEEP -> labels.keySet().removeIf(name -> !regex.matches(name));
    }

    return true;
  }

  /** Whether the rule may read or write labels of these names, or keep or drop for their sake. */
  boolean mayTouch(Set<String> names) {
    return switch (action) {
      case LABELMAP -> true;
      case LABELDROP -> names.stream().anyMatch(regex::matches);
      case LABELKEEP -> !names.stream().allMatch(regex::matches);
      case KEEP, DROP -> sourceLabels.stream().anyMatch(names::contains);
      case REPLACE, HASHMOD, LOWERCASE, UPPERCASE, KEEPEQUAL, DROPEQUAL ->
          sourceLabels.stream().anyMatch(names::contains)
              || names.contains(targetLabel)
              || (action == RelabelAction.REPLACE && AnchoredRegex.hasReference(targetLabel));
    };
  }

  private String source(Map<String, String> labels) {
    if (sourceLabels.size() == 1) {
      return labels.getOrDefault(sourceLabels.get(0), "");
    }

    StringBuilder joined = new StringBuilder();
    for (int i = 0; i < sourceLabels.size(); i++) {
      joined.append(i == 0 ? "" : separator);
      joined.append(labels.getOrDefault(sourceLabels.get(i), ""));
    }

    return joined.toString();
  }

  private void replace(Map<String, String> labels) {
    AnchoredRegex.Match match = regex.find(source(labels));
    if (match == null) {
      return;
    }

    String name = match.expand(targetLabel);
    if (!name.isEmpty()) {
      set(labels, name, match.expand(replacement));
    }
  }

  /** In the order of the names, each as it was before the rule: a copy is not copied again. */
  private void mapNames(SortedMap<String, String> labels) {
    new TreeMap<>(labels)
        .forEach(
            (name, value) -> {
              AnchoredRegex.Match match = regex.find(name);
              String newName = match == null ? "" : match.expand(replacement);
              if (!newName.isEmpty()) {
                set(labels, newName, value);
              }
            });
  }

  /** The last eight bytes of the MD5, as Prometheus takes: shards agree with its own. */
  private long hash(String value) {
    try {
      byte[] digest =
          MessageDigest.getInstance("MD5").digest(value.getBytes(StandardCharsets.UTF_8));
      return Long.remainderUnsigned(ByteBuffer.wrap(digest).getLong(8), modulus);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has MD5", e);
    }
  }

  private static void set(Map<String, String> labels, String name, String value) {
    if (value.isEmpty()) {
      labels.remove(name);
    } else {
      labels.put(name, value);
    }
  }

  /** Code point by code point as Go does; {@link String#toLowerCase} makes several of some. */
  private static String lowerCase(String value) {
    return value
        .codePoints()
        .map(Character::toLowerCase)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static String upperCase(String value) {
    return value
        .codePoints()
        .map(Character::toUpperCase)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static void checkFields(
      List<String> sourceLabels,
      String separator,
      AnchoredRegex regex,
      long modulus,
      String targetLabel,
      String replacement,
      RelabelAction action) {
    check(!action.needsTargetLabel() || !targetLabel.isEmpty(), action, "needs a target_label");
    check(
        action == RelabelAction.HASHMOD ? modulus > 0 : modulus >= 0,
        action,
        "needs a modulus above 0");
    boolean hasDefaultReplacement = replacement.equals(DEFAULT_REPLACEMENT);
    boolean hasDefaultTexts =
        separator.equals(DEFAULT_SEPARATOR) && hasDefaultReplacement && modulus == 0;
    switch (action) {
      case LOWERCASE, UPPERCASE -> check(hasDefaultReplacement, action, "takes no replacement");
      case KEEPEQUAL, DROPEQUAL ->
          check(
              hasDefaultTexts && regex.equals(AnchoredRegex.ANYTHING),
              action,
              "takes source_labels and target_label only");
      case LABELDROP, LABELKEEP ->
          check(
              hasDefaultTexts && sourceLabels.isEmpty() && targetLabel.isEmpty(),
              action,
              "takes a regex only");
      case LABELMAP -> check(!replacement.isEmpty(), action, "needs a replacement");
      case REPLACE, KEEP, DROP, HASHMOD -> {}
    }
  }

  private static void check(boolean isTrue, RelabelAction action, String message) {
    if (!isTrue) {
      throw new IllegalArgumentException("Action " + action.text() + " " + message);
    }
  }
}
