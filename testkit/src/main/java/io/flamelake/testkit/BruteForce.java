/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import io.flamelake.model.LabelSet;
import io.flamelake.proto.google.v1.Function;
import io.flamelake.proto.google.v1.Line;
import io.flamelake.proto.google.v1.Location;
import io.flamelake.proto.google.v1.Mapping;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What queries should answer, found the slow and obvious way: every pprof is read by protobuf's own
 * code and summed in maps. Shares no code with the decoder, the normalizer or the trees.
 */
public final class BruteForce {

  private static final Function UNKNOWN_FUNCTION = Function.getDefaultInstance();
  private static final Mapping UNKNOWN_MAPPING = Mapping.getDefaultInstance();

  /** A pprof with the labels it was pushed with. */
  public record LabeledPprof(LabelSet labels, byte[] pprof) {}

  /** One point of a series. */
  public record SeriesTime(LabelSet labels, long timeNanos) {}

  /**
   * Merges profiles: the sum of one sample type for each stack, which is written as its functions
   * root first, divided by semicolons. Profiles without the sample type add nothing.
   */
  public static SortedMap<String, Long> foldedStacks(Collection<byte[]> pprofs, String sampleType) {
    SortedMap<String, Long> sums = new TreeMap<>();
    for (byte[] pprof : pprofs) {
      Profile profile = TestProfiles.parse(pprof);
      int index = sampleTypeIndex(profile, sampleType);
      Map<Long, List<String>> locations = locations(profile);
      for (Sample sample : profile.getSampleList()) {
        if (index >= 0 && isStored(sample, locations) && sample.getValue(index) != 0) {
          sums.merge(foldedStack(sample, locations), sample.getValue(index), Long::sum);
        }
      }
    }

    return sums;
  }

  /** The sum of one sample type over all stacks of the profiles. */
  public static long total(Collection<byte[]> pprofs, String sampleType) {
    return foldedStacks(pprofs, sampleType).values().stream().mapToLong(Long::longValue).sum();
  }

  /** The sum of one sample type for each series and time. */
  public static Map<SeriesTime, Long> totals(Collection<LabeledPprof> pprofs, String sampleType) {
    Map<SeriesTime, Long> totals = new HashMap<>();
    for (LabeledPprof pprof : pprofs) {
      long time = TestProfiles.parse(pprof.pprof()).getTimeNanos();
      totals.merge(
          new SeriesTime(pprof.labels(), time),
          total(List.of(pprof.pprof()), sampleType),
          Long::sum);
    }

    return totals;
  }

  /** The sample types of a profile, in their order. */
  public static List<String> sampleTypes(byte[] pprof) {
    Profile profile = TestProfiles.parse(pprof);
    return profile.getSampleTypeList().stream()
        .map(type -> profile.getStringTable((int) type.getType()))
        .toList();
  }

  /** Samples with a negative value or an unknown location are dropped whole when pushed. */
  private static boolean isStored(Sample sample, Map<Long, List<String>> locations) {
    return sample.getValueList().stream().allMatch(value -> value >= 0)
        && locations.keySet().containsAll(sample.getLocationIdList())
        && sample.getLocationIdCount() > 0;
  }

  private static int sampleTypeIndex(Profile profile, String sampleType) {
    for (int i = 0; i < profile.getSampleTypeCount(); i++) {
      int type = (int) profile.getSampleType(i).getType();
      if (profile.getStringTable(type).equals(sampleType)) {
        return i;
      }
    }

    return -1;
  }

  private static String foldedStack(Sample sample, Map<Long, List<String>> locations) {
    List<String> frames = new ArrayList<>();
    for (long location : sample.getLocationIdList()) {
      frames.addAll(locations.get(location));
    }

    Collections.reverse(frames);
    return String.join(";", frames);
  }

  /** The frames of each location, leaf first. */
  private static Map<Long, List<String>> locations(Profile profile) {
    Map<Long, Function> functions = new HashMap<>();
    profile.getFunctionList().forEach(function -> functions.put(function.getId(), function));
    Map<Long, Mapping> mappings = new HashMap<>();
    profile.getMappingList().forEach(mapping -> mappings.put(mapping.getId(), mapping));
    Map<Long, List<String>> locations = new HashMap<>();
    for (Location location : profile.getLocationList()) {
      List<String> frames = new ArrayList<>();
      for (Line line : location.getLineList()) {
        Function function = functions.getOrDefault(line.getFunctionId(), UNKNOWN_FUNCTION);
        frames.add(withoutGoShapes(profile.getStringTable((int) function.getName())));
      }

      if (frames.isEmpty() && location.getAddress() != 0) {
        frames.add(
            addressName(
                profile,
                mappings.getOrDefault(location.getMappingId(), UNKNOWN_MAPPING),
                location));
      }

      if (!frames.isEmpty()) {
        locations.put(location.getId(), frames);
      }
    }

    return locations;
  }

  private static String addressName(Profile profile, Mapping mapping, Location location) {
    long address = location.getAddress();
    if (mapping.getMemoryStart() != 0
        && address >= mapping.getMemoryStart()
        && address < mapping.getMemoryLimit()) {
      address += mapping.getFileOffset() - mapping.getMemoryStart();
    }

    String binary = profile.getStringTable((int) mapping.getFilename()).replaceAll(".*/", "");
    return (binary.isEmpty() ? "unknown" : binary) + "!0x" + Long.toHexString(address);
  }

  /** Writes "[...]" for the type parameters that name shapes, as normalization does. */
  private static String withoutGoShapes(String function) {
    int start = function.indexOf("[go.shape.");
    if (start < 0) {
      return function;
    }

    int depth = 0;
    for (int i = start; i < function.length(); i++) {
      depth += function.charAt(i) == '[' ? 1 : 0;
      depth -= function.charAt(i) == ']' ? 1 : 0;
      if (depth == 0) {
        return function.substring(0, start) + "[...]" + withoutGoShapes(function.substring(i + 1));
      }
    }

    return function;
  }

  private BruteForce() {}
}
