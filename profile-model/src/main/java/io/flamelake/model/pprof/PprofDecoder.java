/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.pprof;

import static io.flamelake.model.pprof.MalformedProfileException.malformed;
import static io.flamelake.model.pprof.ProtobufCursor.LENGTH_DELIMITED;
import static io.flamelake.model.pprof.ProtobufCursor.VARINT;
import static io.flamelake.model.pprof.ProtobufCursor.tag;

import com.google.protobuf.UnsafeByteOperations;
import io.flamelake.model.DiscardReason;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/**
 * Reads an uncompressed pprof into primitive arrays, in two passes: the first reads every table and
 * only counts samples, the second reads the samples with all references resolved on the spot, so
 * that nothing of a sample is ever held as an object.
 *
 * <p>Every limit and reference is checked while reading; whatever the input, the outcome is a
 * {@link Pprof} or a {@link MalformedProfileException}, and the memory taken is bounded by a small
 * multiple of the input's length. Fields are merged as protobuf does: the last scalar wins,
 * repeated {@code period_type} messages are merged, packed and unpacked values may be mixed and
 * unknown fields are skipped.
 *
 * <p>Beyond the wire format, refused are: no sample type, two equal sample types, one with a dash
 * in its type, a type or unit with a colon, a first string that is not empty, invalid UTF-8, string
 * indexes out of range, ids that are 0, duplicate or unknown, and samples with another number of
 * values than there are sample types. Cut, not refused, are stacks and strings that are too long.
 */
public final class PprofDecoder {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long NON_ASCII = 0x8080808080808080L;
  private static final int MAX_HEX_BYTES = 32;

  private static final int SAMPLE = tag(2, LENGTH_DELIMITED);

  private final PprofLimits limits;
  private final ProtobufCursor in;
  private final Pprof pprof;

  private final LongArrayList sampleTypes = new LongArrayList();
  private final LongArrayList sampleUnits = new LongArrayList();
  private final LongArrayList comments = new LongArrayList();
  private long periodType;
  private long periodUnit;
  private long dropFrames;
  private long keepFrames;
  private long defaultSampleType;

  private final IntArrayList stringOffsets = new IntArrayList();
  private final IntArrayList stringLengths = new IntArrayList();

  private final LongArrayList mappingIds = new LongArrayList();
  private final LongArrayList mappingStarts = new LongArrayList();
  private final LongArrayList mappingLimits = new LongArrayList();
  private final LongArrayList mappingOffsets = new LongArrayList();
  private final LongArrayList mappingFiles = new LongArrayList();
  private final LongArrayList mappingBuildIds = new LongArrayList();

  private final LongArrayList functionIds = new LongArrayList();
  private final LongArrayList functionNames = new LongArrayList();
  private final LongArrayList functionSystemNames = new LongArrayList();
  private final LongArrayList functionFiles = new LongArrayList();
  private final LongArrayList functionStartLines = new LongArrayList();

  private final LongArrayList locationIds = new LongArrayList();
  private final LongArrayList locationMappings = new LongArrayList();
  private final LongArrayList locationAddresses = new LongArrayList();
  private final IntArrayList locationLines = new IntArrayList();
  private final LongArrayList lineFunctions = new LongArrayList();
  private final LongArrayList lineNumbers = new LongArrayList();

  private int sampleCount;
  private int samplesStart;
  private int samplesEnd;

  private int[] stackLocations = {};
  private int stackSize;
  private long[] values = {};
  private int valueCount;
  private int labelCount;

  private PprofDecoder(byte[] bytes, int offset, int length, PprofLimits limits) {
    this.limits = limits;
    this.in = new ProtobufCursor(bytes, offset, length);
    this.pprof = new Pprof(bytes, length, limits.maxDepth());
  }

  public static Pprof decode(byte[] bytes, PprofLimits limits) {
    return decode(bytes, 0, bytes.length, limits);
  }

  /**
   * Decodes a range of an array, which the result keeps: it must not be changed afterwards.
   *
   * @throws MalformedProfileException if it is not valid or over a limit; says which
   */
  public static Pprof decode(byte[] bytes, int offset, int length, PprofLimits limits) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length > limits.maxBytes()) {
      throw new MalformedProfileException(
          DiscardReason.PROFILE_SIZE_LIMIT,
          "Profile exceeds the size limit (max_profile_size_bytes, actual: "
              + length
              + ", limit: "
              + limits.maxBytes()
              + ")");
    }

    return new PprofDecoder(bytes, offset, length, limits).decode();
  }

  private Pprof decode() {
    while (in.hasMore()) {
      readTableEntry();
    }

    finishStrings();
    finishHeader();
    finishMappings();
    finishFunctions();
    IdIndex locations = finishLocations();
    readSamples(locations);
    return pprof;
  }

  private void readTableEntry() {
    int start = in.position();
    int tag = in.readTag();
    switch (tag) {
      case 1 << 3 | LENGTH_DELIMITED -> readSampleType();
      case 2 << 3 | LENGTH_DELIMITED -> countSample(start);
      case 3 << 3 | LENGTH_DELIMITED -> readMapping();
      case 4 << 3 | LENGTH_DELIMITED -> readLocation();
      case 5 << 3 | LENGTH_DELIMITED -> readFunction();
      case 6 << 3 | LENGTH_DELIMITED -> readString();
      case 7 << 3 | VARINT -> dropFrames = in.readVarint();
      case 8 << 3 | VARINT -> keepFrames = in.readVarint();
      case 9 << 3 | VARINT -> pprof.timeNanos = in.readVarint();
      case 10 << 3 | VARINT -> pprof.durationNanos = in.readVarint();
      case 11 << 3 | LENGTH_DELIMITED -> readPeriodType();
      case 12 << 3 | VARINT -> pprof.period = in.readVarint();
      case 13 << 3 | VARINT -> comments.add(in.readVarint());
      case 13 << 3 | LENGTH_DELIMITED -> readPacked(comments);
      case 14 << 3 | VARINT -> defaultSampleType = in.readVarint();
      default -> in.skip(tag);
    }
  }

  private void readSampleType() {
    if (sampleTypes.size() == limits.maxSampleTypes()) {
      throw malformed("More than " + limits.maxSampleTypes() + " sample types");
    }

    long type = 0;
    long unit = 0;
    int outer = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      switch (tag) {
        case 1 << 3 | VARINT -> type = in.readVarint();
        case 2 << 3 | VARINT -> unit = in.readVarint();
        default -> in.skip(tag);
      }
    }

    in.leave(outer);
    sampleTypes.add(type);
    sampleUnits.add(unit);
  }

  private void readPeriodType() {
    int outer = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      switch (tag) {
        case 1 << 3 | VARINT -> periodType = in.readVarint();
        case 2 << 3 | VARINT -> periodUnit = in.readVarint();
        default -> in.skip(tag);
      }
    }

    in.leave(outer);
  }

  private void countSample(int start) {
    if (sampleCount == limits.maxSamples()) {
      throw new MalformedProfileException(
          DiscardReason.SAMPLES_LIMIT,
          "Profile exceeds the samples count limit (max_profile_stacktrace_samples, limit: "
              + limits.maxSamples()
              + ")");
    }

    if (sampleCount == 0) {
      samplesStart = start;
    }

    sampleCount++;
    int length = in.readLength();
    in.seek(in.position() + length);
    samplesEnd = in.position();
  }

  private void readMapping() {
    long id = 0;
    long start = 0;
    long limit = 0;
    long offset = 0;
    long file = 0;
    long buildId = 0;
    int outer = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      switch (tag) {
        case 1 << 3 | VARINT -> id = in.readVarint();
        case 2 << 3 | VARINT -> start = in.readVarint();
        case 3 << 3 | VARINT -> limit = in.readVarint();
        case 4 << 3 | VARINT -> offset = in.readVarint();
        case 5 << 3 | VARINT -> file = in.readVarint();
        case 6 << 3 | VARINT -> buildId = in.readVarint();
        default -> in.skip(tag);
      }
    }

    in.leave(outer);
    if (id == 0) {
      // Some writers send one all-empty mapping. A location's mapping 0 means none: nothing refers
      // to this one.
      return;
    }

    mappingIds.add(id);
    mappingStarts.add(start);
    mappingLimits.add(limit);
    mappingOffsets.add(offset);
    mappingFiles.add(file);
    mappingBuildIds.add(buildId);
  }

  private void readLocation() {
    long id = 0;
    long mapping = 0;
    long address = 0;
    locationLines.add(lineFunctions.size());
    int outer = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      switch (tag) {
        case 1 << 3 | VARINT -> id = in.readVarint();
        case 2 << 3 | VARINT -> mapping = in.readVarint();
        case 3 << 3 | VARINT -> address = in.readVarint();
        case 4 << 3 | LENGTH_DELIMITED -> readLine();
        default -> in.skip(tag);
      }
    }

    in.leave(outer);
    if (id == 0) {
      throw malformed("Location id is 0");
    }

    locationIds.add(id);
    locationMappings.add(mapping);
    locationAddresses.add(address);
  }

  private void readLine() {
    long function = 0;
    long line = 0;
    int outer = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      switch (tag) {
        case 1 << 3 | VARINT -> function = in.readVarint();
        case 2 << 3 | VARINT -> line = in.readVarint();
        default -> in.skip(tag);
      }
    }

    in.leave(outer);
    lineFunctions.add(function);
    lineNumbers.add(line);
  }

  private void readFunction() {
    long id = 0;
    long name = 0;
    long systemName = 0;
    long file = 0;
    long startLine = 0;
    int outer = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      switch (tag) {
        case 1 << 3 | VARINT -> id = in.readVarint();
        case 2 << 3 | VARINT -> name = in.readVarint();
        case 3 << 3 | VARINT -> systemName = in.readVarint();
        case 4 << 3 | VARINT -> file = in.readVarint();
        case 5 << 3 | VARINT -> startLine = in.readVarint();
        default -> in.skip(tag);
      }
    }

    in.leave(outer);
    if (id == 0) {
      throw malformed("Function id is 0");
    }

    functionIds.add(id);
    functionNames.add(name);
    functionSystemNames.add(systemName);
    functionFiles.add(file);
    functionStartLines.add(startLine);
  }

  private void readString() {
    int length = in.readLength();
    int offset = in.position();
    in.seek(offset + length);
    if (!isUtf8(offset, length)) {
      throw malformed("Invalid utf8 string hex: " + hex(offset, length));
    }

    int cut = length - limits.maxStringBytes();
    if (cut > 0) {
      // The tail begins with a whole code point.
      while (cut < length && (pprof.bytes[offset + cut] & 0xC0) == 0x80) {
        cut++;
      }

      offset += cut;
      length -= cut;
    }

    stringOffsets.add(offset);
    stringLengths.add(length);
  }

  private boolean isUtf8(int offset, int length) {
    byte[] bytes = pprof.bytes;
    int at = offset;
    int end = offset + length;
    while (at <= end - Long.BYTES && ((long) LONGS.get(bytes, at) & NON_ASCII) == 0) {
      at += Long.BYTES;
    }

    while (at < end && bytes[at] >= 0) {
      at++;
    }

    return at == end || UnsafeByteOperations.unsafeWrap(bytes, at, end - at).isValidUtf8();
  }

  private String hex(int offset, int length) {
    String hex =
        HexFormat.of().formatHex(pprof.bytes, offset, offset + Math.min(length, MAX_HEX_BYTES));
    return length > MAX_HEX_BYTES ? hex + "... (" + length + " bytes)" : hex;
  }

  private void readPacked(LongArrayList to) {
    int outer = in.enter();
    while (in.hasMore()) {
      to.add(in.readVarint());
    }

    in.leave(outer);
  }

  private void finishStrings() {
    if (sampleTypes.isEmpty()) {
      throw malformed("Empty profile: no sample type");
    }

    if (stringOffsets.isEmpty() || stringLengths.getInt(0) != 0) {
      throw malformed("String 0 should be empty string");
    }

    pprof.stringOffsets = stringOffsets.toIntArray();
    pprof.stringLengths = stringLengths.toIntArray();
  }

  private void finishHeader() {
    pprof.sampleTypes = checkStrings("sample type", sampleTypes);
    pprof.sampleUnits = checkStrings("sample unit", sampleUnits);
    pprof.comments = checkStrings("comment", comments);
    pprof.periodType = pprof.checkString("period type", periodType);
    pprof.periodUnit = pprof.checkString("period unit", periodUnit);
    pprof.dropFrames = pprof.checkString("drop frames", dropFrames);
    pprof.keepFrames = pprof.checkString("keep frames", keepFrames);
    pprof.defaultSampleType = pprof.checkString("default sample type", defaultSampleType);
    checkTypePart("period type", pprof.periodType());
    checkTypePart("period unit", pprof.periodUnit());
    String[] seen = new String[sampleTypes.size()];
    for (int i = 0; i < seen.length; i++) {
      String type = pprof.sampleType(i);
      if (type.indexOf('-') >= 0) {
        throw malformed("Sample type contains -: " + type);
      }

      checkTypePart("sample type", type);
      checkTypePart("sample unit", pprof.sampleUnit(i));
      seen[i] = type + "/" + pprof.sampleUnit(i);
    }

    Arrays.sort(seen);
    for (int i = 1; i < seen.length; i++) {
      if (seen[i].equals(seen[i - 1])) {
        throw malformed("Two sample types are " + seen[i]);
      }
    }
  }

  private static void checkTypePart(String what, String value) {
    if (value.indexOf(':') >= 0) {
      throw malformed("Colon in " + what + ", which separates the parts of a type id: " + value);
    }
  }

  private void finishMappings() {
    pprof.mappingCount = mappingIds.size();
    pprof.mappingStarts = mappingStarts.toLongArray();
    pprof.mappingLimits = mappingLimits.toLongArray();
    pprof.mappingOffsets = mappingOffsets.toLongArray();
    pprof.mappingFiles = checkStrings("mapping file name", mappingFiles);
    pprof.mappingBuildIds = checkStrings("build id", mappingBuildIds);
  }

  private void finishFunctions() {
    pprof.functionCount = functionIds.size();
    pprof.functionNames = checkStrings("function name", functionNames);
    pprof.functionSystemNames = checkStrings("function system name", functionSystemNames);
    pprof.functionFiles = checkStrings("function file name", functionFiles);
    pprof.functionStartLines = functionStartLines.toLongArray();
  }

  private IdIndex finishLocations() {
    IdIndex mappings = IdIndex.of("mapping", mappingIds.elements(), mappingIds.size());
    int count = locationIds.size();
    pprof.locationCount = count;
    pprof.locationAddresses = locationAddresses.toLongArray();
    pprof.locationMappings = new int[count];
    for (int i = 0; i < count; i++) {
      long id = locationMappings.getLong(i);
      int mapping = id == 0 ? -1 : mappings.find(id);
      if (mapping < 0 && id != 0) {
        throw unknown("Location", locationIds.getLong(i), "mapping", id);
      }

      pprof.locationMappings[i] = mapping;
    }

    locationLines.add(lineFunctions.size());
    pprof.locationLines = locationLines.toIntArray();
    IdIndex functions = IdIndex.of("function", functionIds.elements(), functionIds.size());
    pprof.lineFunctions = new int[lineFunctions.size()];
    for (int i = 0; i < pprof.lineFunctions.length; i++) {
      int function = functions.find(lineFunctions.getLong(i));
      if (function < 0) {
        int location = locationOfLine(i);
        throw unknown(
            "Location", locationIds.getLong(location), "function", lineFunctions.getLong(i));
      }

      pprof.lineFunctions[i] = function;
    }

    pprof.lineNumbers = lineNumbers.toLongArray();
    return IdIndex.of("location", locationIds.elements(), count);
  }

  private int locationOfLine(int line) {
    int location = 0;
    while (locationLines.getInt(location + 1) <= line) {
      location++;
    }

    return location;
  }

  private void readSamples(IdIndex locations) {
    pprof.sampleCount = sampleCount;
    pprof.sampleStacks = new int[sampleCount + 1];
    pprof.sampleLabels = new int[sampleCount + 1];
    int sampleBytes = samplesEnd - samplesStart;
    // A value takes at least a byte: more can only be declared by a profile that will be refused.
    values = new long[(int) Math.min((long) sampleCount * sampleTypes.size(), sampleBytes)];
    stackLocations = new int[Math.max(16, sampleBytes / 4)];
    in.seek(samplesStart);
    int sample = 0;
    while (sample < sampleCount) {
      int tag = in.readTag();
      if (tag != SAMPLE) {
        in.skip(tag);
        continue;
      }

      readSample(sample, locations);
      sample++;
    }

    pprof.stackLocations = stackLocations;
    pprof.values = values;
  }

  private void readSample(int sample, IdIndex locations) {
    int firstLocation = stackSize;
    int firstValue = valueCount;
    int outer = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      switch (tag) {
        case 1 << 3 | VARINT -> addLocation(sample, locations, in.readVarint());
        case 1 << 3 | LENGTH_DELIMITED -> readPackedLocations(sample, locations);
        case 2 << 3 | VARINT -> addValue(in.readVarint());
        case 2 << 3 | LENGTH_DELIMITED -> {
          int sampleEnd = in.enter();
          while (in.hasMore()) {
            addValue(in.readVarint());
          }

          in.leave(sampleEnd);
        }
        case 3 << 3 | LENGTH_DELIMITED -> readLabel(sample);
        default -> in.skip(tag);
      }
    }

    in.leave(outer);
    if (valueCount - firstValue != sampleTypes.size()) {
      throw malformed(
          "Sample value length mismatch: sample "
              + sample
              + " has "
              + (valueCount - firstValue)
              + " values (expected: "
              + sampleTypes.size()
              + ")");
    }

    int excess = stackSize - firstLocation - limits.maxDepth();
    if (excess > 0) {
      // The root is last; callers tell more about a truncated stack than its leaves.
      System.arraycopy(
          stackLocations, firstLocation + excess, stackLocations, firstLocation, limits.maxDepth());
      stackSize -= excess;
    }

    pprof.sampleStacks[sample + 1] = stackSize;
    pprof.sampleLabels[sample + 1] = labelCount;
  }

  /** Most of a profile's bytes are read here; one- and two-byte ids are decoded in place. */
  private void readPackedLocations(int sample, IdIndex locations) {
    int length = in.readLength();
    if (stackLocations.length - stackSize < length) {
      stackLocations =
          Arrays.copyOf(stackLocations, Math.max(grown(stackSize), stackSize + length));
    }

    byte[] bytes = pprof.bytes;
    int[] stack = stackLocations;
    int size = stackSize;
    int at = in.position();
    int end = at + length;
    while (at < end) {
      long id = bytes[at++];
      if (id < 0) {
        if (at < end && bytes[at] >= 0) {
          id = (id & 0x7f) | (long) bytes[at++] << 7;
        } else {
          in.seek(at - 1);
          id = in.readVarint();
          at = in.position();
        }
      }

      int location = locations.find(id);
      if (location < 0) {
        throw unknown("Sample", sample, "location", id);
      }

      stack[size++] = location;
    }

    if (at > end) {
      throw malformed("Packed location ids end within a varint at byte " + end);
    }

    in.seek(end);
    stackSize = size;
  }

  private void addLocation(int sample, IdIndex locations, long id) {
    int location = locations.find(id);
    if (location < 0) {
      throw unknown("Sample", sample, "location", id);
    }

    if (stackSize == stackLocations.length) {
      stackLocations = Arrays.copyOf(stackLocations, grown(stackSize));
    }

    stackLocations[stackSize++] = location;
  }

  private void addValue(long value) {
    if (valueCount == values.length) {
      values = Arrays.copyOf(values, grown(valueCount));
    }

    values[valueCount++] = value;
  }

  private void readLabel(int sample) {
    if (labelCount - pprof.sampleLabels[sample] == limits.maxSampleLabels()) {
      throw new MalformedProfileException(
          DiscardReason.SAMPLE_LABELS_LIMIT,
          "Sample "
              + sample
              + " exceeds the sample labels limit (max_profile_stacktrace_sample_labels, limit: "
              + limits.maxSampleLabels()
              + ")");
    }

    long key = 0;
    long string = 0;
    long number = 0;
    long unit = 0;
    int outer = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      switch (tag) {
        case 1 << 3 | VARINT -> key = in.readVarint();
        case 2 << 3 | VARINT -> string = in.readVarint();
        case 3 << 3 | VARINT -> number = in.readVarint();
        case 4 << 3 | VARINT -> unit = in.readVarint();
        default -> in.skip(tag);
      }
    }

    in.leave(outer);
    if (labelCount == pprof.labelKeys.length) {
      int capacity = grown(labelCount);
      pprof.labelKeys = Arrays.copyOf(pprof.labelKeys, capacity);
      pprof.labelStrings = Arrays.copyOf(pprof.labelStrings, capacity);
      pprof.labelNumbers = Arrays.copyOf(pprof.labelNumbers, capacity);
      pprof.labelUnits = Arrays.copyOf(pprof.labelUnits, capacity);
    }

    pprof.labelKeys[labelCount] = pprof.checkString("label key", key);
    pprof.labelStrings[labelCount] = pprof.checkString("label value", string);
    pprof.labelNumbers[labelCount] = number;
    pprof.labelUnits[labelCount] = pprof.checkString("label unit", unit);
    labelCount++;
  }

  private int[] checkStrings(String what, LongArrayList indexes) {
    int[] checked = new int[indexes.size()];
    for (int i = 0; i < checked.length; i++) {
      checked[i] = pprof.checkString(what, indexes.getLong(i));
    }

    return checked;
  }

  private static int grown(int size) {
    return Math.max(64, size + (size >> 1));
  }

  private static MalformedProfileException unknown(
      String holder, long holderId, String what, long id) {
    return malformed(
        holder
            + " "
            + Long.toUnsignedString(holderId)
            + " refers to unknown "
            + what
            + " id "
            + Long.toUnsignedString(id));
  }
}
