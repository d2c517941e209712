/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.LabelNames;
import io.flamelake.model.LabelSet;
import io.flamelake.model.Matcher;
import io.flamelake.model.ProfileType;
import io.flamelake.model.Selector;
import io.flamelake.model.TenantId;
import io.flamelake.model.normalize.ProfileRow;

/**
 * Which samples a query merges.
 *
 * @param tenant the only tenant whose rows count
 * @param type profile type
 * @param selector conditions on the stored labels and on those derived from the profile type
 * @param range time of the profiles
 * @param samples conditions on single profiles and samples
 */
public record ProfileQuery(
    TenantId tenant, ProfileType type, Selector selector, TimeRange range, SampleSelector samples) {

  public ProfileQuery {
    requireNonNull(tenant, "tenant");
    requireNonNull(type, "type");
    requireNonNull(selector, "selector");
    requireNonNull(range, "range");
    requireNonNull(samples, "samples");
  }

  /** Selects all samples of the matching profiles. */
  public ProfileQuery(TenantId tenant, ProfileType type, Selector selector, TimeRange range) {
    this(tenant, type, selector, range, SampleSelector.ALL);
  }

  /** The same of another time. */
  public ProfileQuery withRange(TimeRange otherRange) {
    return new ProfileQuery(tenant, type, selector, otherRange, samples);
  }

  /**
   * Whether all profiles of a service and the query's type are selected, or none: the query has
   * conditions on nothing else. {@link #selectsService} tells which.
   */
  public boolean selectsWholeServices() {
    return samples.equals(SampleSelector.ALL)
        && selector.matchers().stream().allMatch(matcher -> isKnownOfService(matcher.name()));
  }

  /** Whether a label follows from the query's profile type and a profile's service. */
  public boolean isKnownOfService(String label) {
    return label.equals(LabelNames.SERVICE_NAME) || type.labels("any").findValue(label) != null;
  }

  /** Whether a service fulfils the conditions on labels that are {@link #isKnownOfService}. */
  public boolean selectsService(String serviceName) {
    LabelSet known =
        LabelSet.of(LabelNames.SERVICE_NAME, serviceName).merge(type.labels(serviceName));
    for (Matcher matcher : selector.matchers()) {
      if (isKnownOfService(matcher.name()) && !matcher.matches(known.value(matcher.name()))) {
        return false;
      }
    }

    return true;
  }

  /** Whether the profile of a row is selected; its samples may still be filtered. */
  public boolean matches(ProfileRow row) {
    return tenant.equals(row.tenant())
        && type.equals(row.type())
        && range.contains(row.timeMicros())
        && (samples.profileIds().isEmpty() || samples.profileIds().contains(row.profileId()))
        && selector.matches(row.labels().merge(type.labels(row.serviceName())));
  }
}
