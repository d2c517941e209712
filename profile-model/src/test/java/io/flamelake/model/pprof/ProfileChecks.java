/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.pprof;

import io.flamelake.proto.google.v1.Function;
import io.flamelake.proto.google.v1.Label;
import io.flamelake.proto.google.v1.Line;
import io.flamelake.proto.google.v1.Location;
import io.flamelake.proto.google.v1.Mapping;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import io.flamelake.proto.google.v1.ValueType;
import java.util.HashSet;
import java.util.Set;

/** What the decoder must accept, told a second time over protobuf's own message. */
final class ProfileChecks {

  private final Profile profile;
  private final PprofLimits limits;

  private ProfileChecks(Profile profile, PprofLimits limits) {
    this.profile = profile;
    this.limits = limits;
  }

  static boolean isAcceptable(Profile profile, PprofLimits limits) {
    return new ProfileChecks(profile, limits).isAcceptable();
  }

  private boolean isAcceptable() {
    return areHeaderFieldsAcceptable() && areTablesAcceptable() && areSamplesAcceptable();
  }

  private boolean areHeaderFieldsAcceptable() {
    if (profile.getSampleTypeCount() == 0
        || profile.getSampleTypeCount() > limits.maxSampleTypes()
        || profile.getStringTableCount() == 0
        || !profile.getStringTable(0).isEmpty()) {
      return false;
    }

    Set<String> types = new HashSet<>();
    for (ValueType type : profile.getSampleTypeList()) {
      if (!isTypeAcceptable(type)
          || text(type.getType()).contains("-")
          || !types.add(text(type.getType()) + "/" + text(type.getUnit()))) {
        return false;
      }
    }

    return isTypeAcceptable(profile.getPeriodType())
        && profile.getCommentList().stream().allMatch(this::isString)
        && isString(profile.getDropFrames())
        && isString(profile.getKeepFrames())
        && isString(profile.getDefaultSampleType());
  }

  private boolean areTablesAcceptable() {
    Set<Long> mappings = new HashSet<>();
    for (Mapping mapping : profile.getMappingList()) {
      if (mapping.getId() != 0
          && !(isString(mapping.getFilename())
              && isString(mapping.getBuildId())
              && mappings.add(mapping.getId()))) {
        return false;
      }
    }

    Set<Long> functions = new HashSet<>();
    for (Function function : profile.getFunctionList()) {
      if (function.getId() == 0
          || !isString(function.getName())
          || !isString(function.getSystemName())
          || !isString(function.getFilename())
          || !functions.add(function.getId())) {
        return false;
      }
    }

    Set<Long> locations = new HashSet<>();
    for (Location location : profile.getLocationList()) {
      if (location.getId() == 0
          || !locations.add(location.getId())
          || location.getMappingId() != 0 && !mappings.contains(location.getMappingId())) {
        return false;
      }

      for (Line line : location.getLineList()) {
        if (!functions.contains(line.getFunctionId())) {
          return false;
        }
      }
    }

    return true;
  }

  private boolean areSamplesAcceptable() {
    if (profile.getSampleCount() > limits.maxSamples()) {
      return false;
    }

    Set<Long> locations = new HashSet<>();
    profile.getLocationList().forEach(location -> locations.add(location.getId()));
    for (Sample sample : profile.getSampleList()) {
      if (sample.getValueCount() != profile.getSampleTypeCount()
          || !locations.containsAll(sample.getLocationIdList())
          || sample.getLabelCount() > limits.maxSampleLabels()) {
        return false;
      }

      for (Label label : sample.getLabelList()) {
        if (!isString(label.getKey())
            || !isString(label.getStr())
            || !isString(label.getNumUnit())) {
          return false;
        }
      }
    }

    return true;
  }

  private boolean isTypeAcceptable(ValueType type) {
    return isString(type.getType())
        && isString(type.getUnit())
        && !text(type.getType()).contains(":")
        && !text(type.getUnit()).contains(":");
  }

  private boolean isString(long index) {
    return index >= 0 && index < profile.getStringTableCount();
  }

  private String text(long index) {
    return profile.getStringTable((int) index);
  }
}
