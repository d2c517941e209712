/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelSetTest {

  @Test
  void sortsByNameAndDropsEmptyValues() {
    LabelSet labels = LabelSet.of("pod", "a-1", "env", "", "app", "a");
    assertThat(labels.labels()).containsExactly(new Label("app", "a"), new Label("pod", "a-1"));
    assertThat(labels).isEqualTo(LabelSet.of(Map.of("app", "a", "pod", "a-1")));
    assertThat(labels).hasSameHashCodeAs(LabelSet.of("app", "a", "pod", "a-1"));
    assertThat(LabelSet.of("a", "")).isEqualTo(LabelSet.EMPTY);
  }

  @Test
  void refusesDuplicateNames() {
    assertThatThrownBy(() -> LabelSet.of("a", "1", "b", "2", "a", "1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("duplicate label name: 'a'");
    assertThatThrownBy(() -> LabelSet.of(List.of(new Label("a", ""), new Label("a", "1"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("duplicate label name: 'a'");
    assertThatThrownBy(() -> LabelSet.of("a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("namesAndValues: 1 strings (expected: an even number)");
  }

  @Test
  void findsValues() {
    LabelSet labels = LabelSet.of("a", "1", "c", "3", "e", "5");
    for (String name : List.of("a", "c", "e")) {
      assertThat(labels.findValue(name)).isEqualTo(labels.value(name)).isNotEmpty();
    }

    for (String name : List.of("", "b", "d", "f")) {
      assertThat(labels.findValue(name)).isNull();
      assertThat(labels.value(name)).isEmpty();
    }
  }

  @Test
  void derivesOtherSets() {
    LabelSet labels = LabelSet.of("a", "1", "c", "3");
    assertThat(labels.with("b", "2")).isEqualTo(LabelSet.of("a", "1", "b", "2", "c", "3"));
    assertThat(labels.with("a", "9")).isEqualTo(LabelSet.of("a", "9", "c", "3"));
    assertThat(labels.with("a", "1")).isSameAs(labels);
    assertThat(labels.with("a", "")).isEqualTo(LabelSet.of("c", "3"));
    assertThat(labels.with("x", "")).isSameAs(labels);
    assertThat(labels.without("c", "x")).isEqualTo(LabelSet.of("a", "1"));
    assertThat(labels.without("x")).isSameAs(labels);
    assertThat(labels.project(List.of("c", "x"))).isEqualTo(LabelSet.of("c", "3"));
    assertThat(labels.merge(LabelSet.of("b", "2", "c", "4", "d", "5")))
        .isEqualTo(LabelSet.of("a", "1", "b", "2", "c", "4", "d", "5"));
    assertThat(LabelSet.EMPTY.merge(labels)).isSameAs(labels);
    assertThat(labels.merge(LabelSet.EMPTY)).isSameAs(labels);
  }

  @Test
  void identifiesASeriesByItsLengthPrefixedLabels() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String part : List.of("pod", "pöd-1", "service_name", "cart")) {
      byte[] utf8 = part.getBytes(StandardCharsets.UTF_8);
      bytes.writeBytes(
          ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(utf8.length).array());
      bytes.writeBytes(utf8);
    }

    assertThat(LabelSet.of("service_name", "cart", "pod", "pöd-1").id())
        .isEqualTo(XxHash64.hash(bytes.toByteArray(), 0));
    assertThat(LabelSet.of("a", "bc").id()).isNotEqualTo(LabelSet.of("ab", "c").id());
  }

  /** Ids are stored: if this fails, every series of existing data has been renamed. */
  @Test
  void keepsIdsForever() {
    assertThat(LabelSet.EMPTY.id()).isEqualTo(0xEF46DB3751D8E999L);
    assertThat(LabelSet.of("namespace", "shop", "service_name", "cart").id())
        .isEqualTo(-5764881286130499469L);
  }

  @Test
  void readsBackFromItsNotation() {
    LabelSet labels = LabelSet.of("a", "1", "k8s.pod", "x\"y\\z\n\u0001ü");
    assertThat(labels).hasToString("{a=\"1\", \"k8s.pod\"=\"x\\\"y\\\\z\\n\\x01ü\"}");
    assertThat(Selector.parse(labels.toString()).matches(labels)).isTrue();
    assertThat(LabelSet.EMPTY).hasToString("{}");
  }
}
