/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TenantIdTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "team-7", "a.b", "...", "!-_.*'()"})
  void acceptsTheDocumentedCharacters(String value) {
    assertThat(new TenantId(value).value()).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "..", "'; drop", "a/b", "a%2fb", "a\u0000", "a b", "ä", "a|b", "\\"})
  void refusesOtherIds(String value) {
    assertThatThrownBy(() -> new TenantId(value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Tenant id ");
  }

  @Test
  void boundsTheLength() {
    assertThat(new TenantId("x".repeat(150)).value()).hasSize(150);
    assertThatThrownBy(() -> new TenantId("x".repeat(151)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Tenant id has 151 characters (expected: <= 150)");
  }
}
