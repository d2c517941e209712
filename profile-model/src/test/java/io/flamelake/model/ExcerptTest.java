/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExcerptTest {

  private static final String LONG = "a".repeat(150) + "b".repeat(150) + "c".repeat(150);

  @Test
  void leavesShortTextsWhole() {
    String text = "x".repeat(200);

    assertThat(Excerpt.start("")).isEmpty();
    assertThat(Excerpt.start(text)).isEqualTo(text);
    assertThat(Excerpt.around(text, 199)).isEqualTo(text);
  }

  @Test
  void cutsLongTextsAroundThePosition() {
    assertThat(Excerpt.start(LONG)).isEqualTo(LONG.substring(0, 200) + "…");
    assertThat(Excerpt.around(LONG, 99)).isEqualTo(LONG.substring(0, 200) + "…");
    assertThat(Excerpt.around(LONG, 225)).isEqualTo("…" + LONG.substring(125, 325) + "…");
    assertThat(Excerpt.around(LONG, 449)).isEqualTo("…" + LONG.substring(250));
    assertThat(Excerpt.around(LONG, LONG.length())).isEqualTo("…" + LONG.substring(250));
  }

  @Test
  void cutsNoCharacterInTwo() {
    String even = "😀".repeat(300);
    String odd = "a" + even;
    for (int position = 0; position <= odd.length(); position++) {
      for (String text : new String[] {even, odd}) {
        String part = Excerpt.around(text, Math.min(position, text.length()));

        assertThat(part.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF)).isTrue();
        assertThat(part.replace("…", "").length()).isBetween(199, 200);
      }
    }
  }
}
