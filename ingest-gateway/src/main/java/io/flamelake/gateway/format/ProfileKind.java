/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The type of a profile, as far as it is not a label.
 *
 * @param name the first part of its profile types
 * @param sampleTypes one for each value of a sample
 * @param periodType what was counted between two samples, if anything
 */
record ProfileKind(String name, List<SampleType> sampleTypes, @Nullable SampleType periodType) {

  ProfileKind {
    sampleTypes = List.copyOf(sampleTypes);
  }
}
