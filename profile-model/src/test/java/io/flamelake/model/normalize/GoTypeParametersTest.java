/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.normalize;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoTypeParametersTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "main.main | main.main",
        "a[0] | a[0]",
        "slices.Sort[...] | slices.Sort[...]",
        "slices.Sort[go.shape.int] | slices.Sort[...]",
        "sync.(*Pool[go.shape.struct { X []uint8 }]).Get | sync.(*Pool[...]).Get",
        "f[go.shape.map[string][16]uint8,go.shape.int].g[go.shape.bool] | f[...].g[...]",
        "f[go.shape.int | f[go.shape.int",
        "f[go.shape.int].g[go.shape.[]int | f[...].g[go.shape.[]int"
      })
  void writesShapesAsDots(String name, String expected) {
    assertThat(GoTypeParameters.drop(name)).isEqualTo(expected);
  }
}
