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
import java.util.BitSet;

/**
 * Writes a decoded pprof, or a part of it, as a pprof again: what the decoder has cut stays cut,
 * and what no sample refers to any more is left out.
 */
public final class PprofEncoder {

  /** The part of a pprof that is written. */
  public interface Selection {

    /** Whether a sample's value is kept. Others become 0; a sample without any is left out. */
    boolean hasValue(int sample, int type);

    /** Whether a label, by its position, is kept. */
    boolean hasLabel(int position);
  }

  private static final Selection EVERYTHING =
      new Selection() {
        @Override
        public boolean hasValue(int sample, int type) {
          return true;
        }

        @Override
        public boolean hasLabel(int position) {
          return true;
        }
      };

  private final Pprof pprof;
  private final BitSet types;
  private final Selection selection;

  private final Profile.Builder profile = Profile.newBuilder();

  // Numbers in the new pprof by positions in the old one, 0 for not written yet.
  private final int[] strings;
  private final int[] locations;
  private final int[] functions;
  private final int[] mappings;

  private PprofEncoder(Pprof pprof, BitSet types, Selection selection) {
    this.pprof = pprof;
    this.types = types;
    this.selection = selection;
    this.strings = new int[pprof.stringCount()];
    this.locations = new int[pprof.locationCount()];
    this.functions = new int[pprof.functionCount()];
    this.mappings = new int[pprof.mappingCount()];
    profile.addStringTable("");
  }

  /** Writes all of a pprof. */
  public static byte[] encode(Pprof pprof) {
    BitSet types = new BitSet();
    types.set(0, pprof.sampleTypeCount());
    return encode(pprof, types, EVERYTHING);
  }

  /**
   * Writes a part of a pprof.
   *
   * @param types positions of the sample types that are kept
   */
  public static byte[] encode(Pprof pprof, BitSet types, Selection selection) {
    return new PprofEncoder(pprof, types, selection).encode();
  }

  private byte[] encode() {
    types.stream()
        .forEach(
            type ->
                profile.addSampleType(valueType(pprof.sampleType(type), pprof.sampleUnit(type))));
    if (!pprof.periodType().isEmpty() || !pprof.periodUnit().isEmpty()) {
      profile.setPeriodType(valueType(pprof.periodType(), pprof.periodUnit()));
    }

    profile
        .setPeriod(pprof.period())
        .setTimeNanos(pprof.timeNanos())
        .setDurationNanos(pprof.durationNanos())
        .setDefaultSampleType(text(pprof.defaultSampleType()))
        .setDropFrames(text(pprof.dropFrames()))
        .setKeepFrames(text(pprof.keepFrames()));
    for (int comment = 0; comment < pprof.commentCount(); comment++) {
      profile.addComment(text(pprof.comment(comment)));
    }

    for (int sample = 0; sample < pprof.sampleCount(); sample++) {
      addSample(sample);
    }

    return profile.build().toByteArray();
  }

  private void addSample(int sample) {
    Sample.Builder builder = Sample.newBuilder();
    boolean hasAny = false;
    for (int type = types.nextSetBit(0); type >= 0; type = types.nextSetBit(type + 1)) {
      boolean isKept = selection.hasValue(sample, type);
      builder.addValue(isKept ? pprof.value(sample, type) : 0);
      hasAny |= isKept;
    }

    if (!hasAny) {
      return;
    }

    for (int i = pprof.stackStart(sample); i < pprof.stackEnd(sample); i++) {
      builder.addLocationId(location(pprof.location(i)));
    }

    for (int i = pprof.labelStart(sample); i < pprof.labelEnd(sample); i++) {
      if (selection.hasLabel(i)) {
        builder.addLabel(
            Label.newBuilder()
                .setKey(string(pprof.labelKey(i)))
                .setStr(string(pprof.labelString(i)))
                .setNum(pprof.labelNumber(i))
                .setNumUnit(string(pprof.labelUnit(i))));
      }
    }

    profile.addSample(builder);
  }

  private int location(int location) {
    if (locations[location] == 0) {
      Location.Builder builder =
          Location.newBuilder()
              .setId(profile.getLocationCount() + 1L)
              .setAddress(pprof.locationAddress(location));
      int mapping = pprof.locationMapping(location);
      if (mapping >= 0) {
        builder.setMappingId(mapping(mapping));
      }

      for (int i = pprof.lineStart(location); i < pprof.lineEnd(location); i++) {
        builder.addLine(
            Line.newBuilder()
                .setFunctionId(function(pprof.lineFunction(i)))
                .setLine(pprof.lineNumber(i)));
      }

      profile.addLocation(builder);
      locations[location] = profile.getLocationCount();
    }

    return locations[location];
  }

  private int function(int function) {
    if (functions[function] == 0) {
      profile.addFunction(
          Function.newBuilder()
              .setId(profile.getFunctionCount() + 1L)
              .setName(string(pprof.functionName(function)))
              .setSystemName(string(pprof.functionSystemName(function)))
              .setFilename(string(pprof.functionFile(function)))
              .setStartLine(pprof.functionStartLine(function)));
      functions[function] = profile.getFunctionCount();
    }

    return functions[function];
  }

  private int mapping(int mapping) {
    if (mappings[mapping] == 0) {
      profile.addMapping(
          Mapping.newBuilder()
              .setId(profile.getMappingCount() + 1L)
              .setMemoryStart(pprof.mappingStart(mapping))
              .setMemoryLimit(pprof.mappingLimit(mapping))
              .setFileOffset(pprof.mappingOffset(mapping))
              .setFilename(string(pprof.mappingFile(mapping)))
              .setBuildId(string(pprof.mappingBuildId(mapping))));
      mappings[mapping] = profile.getMappingCount();
    }

    return mappings[mapping];
  }

  private int string(int string) {
    if (strings[string] == 0 && pprof.stringLength(string) > 0) {
      strings[string] = text(pprof.string(string));
    }

    return strings[string];
  }

  private ValueType valueType(String type, String unit) {
    return ValueType.newBuilder().setType(text(type)).setUnit(text(unit)).build();
  }

  /** Appends a text; the few that come by their value and not by their number come twice. */
  private int text(String text) {
    if (text.isEmpty()) {
      return 0;
    }

    profile.addStringTable(text);
    return profile.getStringTableCount() - 1;
  }
}
