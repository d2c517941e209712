/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.segment.store.ObjectKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EscapedNameTest {
  @ParameterizedTest
  @ValueSource(strings = {"acme", "ACME", "../..", "a/b", ".", "a=2F", "(x)'*!", "ü €\n\0", "a|b"})
  void comesBackFromALegalPartOfAKey(String text) {
    String escaped = EscapedName.escape(text);

    assertThat(escaped).matches("[a-z0-9_=A-F-]+");
    assertThat(new ObjectKey("x/" + escaped + "/y").value()).contains(escaped);
    assertThat(EscapedName.unescape(escaped)).isEqualTo(text);
  }

  @Test
  void tellsUpperFromLowerCaseOnEveryFileSystem() {
    assertThat(EscapedName.escape("Acme")).isNotEqualToIgnoringCase(EscapedName.escape("acme"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"=", "=4", "=zz", "A", "=61", "a.b"})
  void refusesWhatItDidNotWrite(String escaped) {
    assertThatThrownBy(() -> EscapedName.unescape(escaped))
        .isInstanceOfAny(IllegalArgumentException.class, IndexOutOfBoundsException.class);
  }
}
