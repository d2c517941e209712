/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model;

import static java.util.Objects.requireNonNull;

/**
 * What a profile measures, written {@code name:sample_type:sample_unit:period_type:period_unit},
 * for example {@code process_cpu:cpu:nanoseconds:cpu:nanoseconds}. Parts may be empty.
 */
public record ProfileType(
    String name, String sampleType, String sampleUnit, String periodType, String periodUnit)
    implements Comparable<ProfileType> {

  private static final int PARTS = 5;

  /**
   * Reads an id of five parts; a sixth part {@code delta}, which older clients send, is ignored.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public static ProfileType parse(String id) {
    String[] parts = id.split(":", -1);
    boolean isDelta = parts.length == PARTS + 1 && parts[PARTS].equals("delta");
    if (parts.length != PARTS && !isDelta) {
      throw new IllegalArgumentException(
          "Invalid profile type '"
              + Excerpt.start(id)
              + "' (expected: name:sample_type:sample_unit:period_type:period_unit)");
    }

    return new ProfileType(parts[0], parts[1], parts[2], parts[3], parts[4]);
  }

  /**
   * @throws IllegalArgumentException if a part holds a colon, which would make the id ambiguous
   */
  public ProfileType {
    checkPart("name", name);
    checkPart("sampleType", sampleType);
    checkPart("sampleUnit", sampleUnit);
    checkPart("periodType", periodType);
    checkPart("periodUnit", periodUnit);
  }

  public String id() {
    return name + ':' + sampleType + ':' + sampleUnit + ':' + periodType + ':' + periodUnit;
  }

  /**
   * The labels that every series of this type has besides its stored ones. Matchers and the label
   * APIs see them; they are derived here instead of being stored with each profile.
   */
  public LabelSet labels(String serviceName) {
    return LabelSet.of(
        LabelNames.NAME, name,
        LabelNames.PROFILE_TYPE, id(),
        LabelNames.TYPE, sampleType,
        LabelNames.UNIT, sampleUnit,
        LabelNames.PERIOD_TYPE, periodType,
        LabelNames.PERIOD_UNIT, periodUnit,
        LabelNames.SERVICE_NAME_PRIVATE, serviceName);
  }

  @Override
  public int compareTo(ProfileType other) {
    return id().compareTo(other.id());
  }

  @Override
  public String toString() {
    return id();
  }

  private static void checkPart(String part, String value) {
    requireNonNull(value, part);
    if (value.indexOf(':') >= 0) {
      throw new IllegalArgumentException(part + ": '" + value + "' (expected: no colon)");
    }
  }
}
