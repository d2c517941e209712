/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.ProfileType;
import io.flamelake.model.Selector;
import io.flamelake.model.TenantId;

/**
 * Which samples a question is about, whoever's they are.
 *
 * @param type profile type
 * @param selector conditions on the stored labels and on those derived from the profile type
 * @param range time of the profiles
 * @param samples conditions on single profiles and samples
 */
public record ProfileSelection(
    ProfileType type, Selector selector, TimeRange range, SampleSelector samples) {

  public ProfileSelection {
    requireNonNull(type, "type");
    requireNonNull(selector, "selector");
    requireNonNull(range, "range");
    requireNonNull(samples, "samples");
  }

  /** Selects all samples of the matching profiles. */
  public ProfileSelection(ProfileType type, Selector selector, TimeRange range) {
    this(type, selector, range, SampleSelector.ALL);
  }

  /** The query for one tenant's part. */
  public ProfileQuery of(TenantId tenant) {
    return new ProfileQuery(tenant, type, selector, range, samples);
  }

  /** The same of another time. */
  public ProfileSelection withRange(TimeRange otherRange) {
    return new ProfileSelection(type, selector, otherRange, samples);
  }
}
