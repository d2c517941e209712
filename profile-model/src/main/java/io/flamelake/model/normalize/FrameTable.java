/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.normalize;

import io.flamelake.model.XxHash64;
import io.flamelake.model.pprof.Pprof;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The frames that the locations of one pprof stand for. */
final class FrameTable {

  private static final long UNSYMBOLIZED_SEED = 1;

  private final int[] locationFrames;
  private final int[] functions;
  private final int[] lines;
  private final int symbolizedFunctions;
  private final @Nullable String[] names;
  private final @Nullable String[] files;
  private final String[] mappingFiles;
  private final String[] buildIds;
  private final long[] addresses;
  private @Nullable Pprof pprof;

  /** Numbers the frames of all locations, a location's outermost line first. */
  FrameTable(Pprof pprof) {
    this.pprof = pprof;
    int locations = pprof.locationCount();
    int unsymbolized = 0;
    for (int location = 0; location < locations; location++) {
      unsymbolized += isUnsymbolized(pprof, location) ? 1 : 0;
    }

    this.symbolizedFunctions = pprof.functionCount();
    this.locationFrames = new int[locations + 1];
    this.functions = new int[pprof.lineCount() + unsymbolized];
    this.lines = new int[functions.length];
    this.names = new String[symbolizedFunctions + unsymbolized];
    this.files = new String[symbolizedFunctions];
    this.mappingFiles = new String[unsymbolized];
    this.buildIds = new String[unsymbolized];
    this.addresses = new long[unsymbolized];
    int frame = 0;
    int address = 0;
    for (int location = 0; location < locations; location++) {
      for (int line = pprof.lineEnd(location) - 1; line >= pprof.lineStart(location); line--) {
        functions[frame] = pprof.lineFunction(line);
        lines[frame++] = lineNumber(pprof.lineNumber(line));
      }

      if (isUnsymbolized(pprof, location)) {
        functions[frame++] = symbolizedFunctions + address;
        readAddress(pprof, location, address++);
      }

      locationFrames[location + 1] = frame;
    }
  }

  int frameCount() {
    return functions.length;
  }

  /** The root-most frame of a location. */
  int firstFrame(int location) {
    return locationFrames[location];
  }

  /** The number after the location's leaf-most frame: equal to the first if it has none. */
  int endFrame(int location) {
    return locationFrames[location + 1];
  }

  int function(int frame) {
    return functions[frame];
  }

  int line(int frame) {
    return lines[frame];
  }

  int functionCount() {
    return names.length;
  }

  boolean isSymbolized(int function) {
    return function < symbolizedFunctions;
  }

  @Nullable String mappingFile(int function) {
    return isSymbolized(function) ? null : mappingFiles[function - symbolizedFunctions];
  }

  @Nullable String buildId(int function) {
    return isSymbolized(function) ? null : buildIds[function - symbolizedFunctions];
  }

  long address(int function) {
    return isSymbolized(function) ? 0 : addresses[function - symbolizedFunctions];
  }

  String functionName(int function) {
    String name = names[function];
    if (name == null) {
      name =
          isSymbolized(function)
              ? GoTypeParameters.drop(string(nameString(function)))
              : addressName(function);
      names[function] = name;
    }

    return name;
  }

  String file(int function) {
    if (!isSymbolized(function)) {
      return "";
    }

    String file = files[function];
    if (file == null) {
      Pprof source = source();
      file = source.string(source.functionFile(function));
      files[function] = file;
    }

    return file;
  }

  void detach(UnaryOperator<String> intern) {
    for (int function = 0; function < names.length; function++) {
      names[function] = intern.apply(functionName(function));
      if (isSymbolized(function)) {
        files[function] = intern.apply(file(function));
      }
    }

    pprof = null;
  }

  private Pprof source() {
    Pprof source = pprof;
    if (source == null) {
      throw new IllegalStateException("Detached");
    }

    return source;
  }

  private String string(int string) {
    return source().string(string);
  }

  /** The string number of a function's name; some writers fill in the system name alone. */
  private int nameString(int function) {
    Pprof source = source();
    int name = source.functionName(function);
    return source.stringLength(name) > 0 ? name : source.functionSystemName(function);
  }

  private String addressName(int function) {
    String path = mappingFiles[function - symbolizedFunctions];
    String binary = path.substring(path.lastIndexOf('/') + 1);
    return (binary.isEmpty() ? "unknown" : binary) + "!0x" + Long.toHexString(address(function));
  }

  private void readAddress(Pprof source, int location, int to) {
    int mapping = source.locationMapping(location);
    long address = source.locationAddress(location);
    if (mapping < 0) {
      mappingFiles[to] = "";
      buildIds[to] = "";
      addresses[to] = address;
      return;
    }

    mappingFiles[to] = source.string(source.mappingFile(mapping));
    buildIds[to] = source.string(source.mappingBuildId(mapping));
    addresses[to] = fileAddress(source, mapping, address);
  }

  /**
   * Where the binary's file has the code: the address in memory differs between processes, and
   * means nothing without the mapping, which is not stored.
   */
  private static long fileAddress(Pprof source, int mapping, long address) {
    long start = source.mappingStart(mapping);
    boolean isInside =
        start != 0
            && Long.compareUnsigned(address, start) >= 0
            && Long.compareUnsigned(address, source.mappingLimit(mapping)) < 0;
    return isInside ? address - start + source.mappingOffset(mapping) : address;
  }

  private static boolean isUnsymbolized(Pprof pprof, int location) {
    return pprof.lineStart(location) == pprof.lineEnd(location)
        && pprof.locationAddress(location) != 0;
  }

  private static int lineNumber(long line) {
    return line == (int) line ? (int) line : 0;
  }

  /**
   * Hashes every frame: XXH64 of its line as a long, seeded with its function's hash. That is XXH64
   * of the two longs (hash of name, hash of file), or where unsymbolized, with seed 1, of the three
   * (hash of the mapping's file, hash of its build id, address). Strings are hashed as UTF-8 with
   * seed 0, longs as eight bytes, little endian.
   *
   * @param hashes receives one hash per frame
   * @param functionHashes scratch of {@link #functionCount} longs
   */
  void hashFrames(long[] hashes, long[] functionHashes) {
    Pprof source = source();
    long[] lanes = new long[2];
    for (int function = 0; function < symbolizedFunctions; function++) {
      lanes[0] = nameHash(source, function);
      lanes[1] = stringHash(source, source.functionFile(function));
      functionHashes[function] = XxHash64.hash(lanes, 0, 2, 0);
    }

    long[] address = new long[3];
    for (int i = 0; i < addresses.length; i++) {
      address[0] = stringHash(mappingFiles[i]);
      address[1] = stringHash(buildIds[i]);
      address[2] = addresses[i];
      functionHashes[symbolizedFunctions + i] = XxHash64.hash(address, 0, 3, UNSYMBOLIZED_SEED);
    }

    for (int frame = 0; frame < functions.length; frame++) {
      hashes[frame] = XxHash64.hash(lines[frame], functionHashes[functions[frame]]);
    }
  }

  private long nameHash(Pprof source, int function) {
    int name = nameString(function);
    byte[] bytes = source.bytes();
    int start = source.stringOffset(name);
    int length = source.stringLength(name);
    for (int i = start; i < start + length; i++) {
      if (bytes[i] == '[') {
        return stringHash(functionName(function));
      }
    }

    return XxHash64.hash(bytes, start, length, 0);
  }

  private static long stringHash(Pprof source, int string) {
    return XxHash64.hash(
        source.bytes(), source.stringOffset(string), source.stringLength(string), 0);
  }

  private static long stringHash(String value) {
    return XxHash64.hash(value.getBytes(StandardCharsets.UTF_8), 0);
  }
}
