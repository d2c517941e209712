/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.api;

import com.google.protobuf.InvalidProtocolBufferException;
import io.flamelake.proto.google.v1.Function;
import io.flamelake.proto.google.v1.Line;
import io.flamelake.proto.google.v1.Location;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.ValueType;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Rewrites the pprofs of profilers that are known to write them in ways of their own. */
final class SpyRepairs {

  /** Their function names say little without the file. */
  private static final Set<String> SCRIPTING_SPIES = Set.of("pyspy", "rbspy", "scripting");

  private static final String DOTNET_SPY = "dotnetspy";

  private SpyRepairs() {}

  /**
   * Returns the repaired pprof, or the same array if the profiler needs no repair.
   *
   * @param pprof uncompressed
   * @throws IllegalArgumentException if it is no pprof
   */
  static byte[] repair(String spyName, byte[] pprof) {
    boolean scripting = SCRIPTING_SPIES.contains(spyName);
    if (!scripting && !spyName.equals(DOTNET_SPY)) {
      return pprof;
    }

    Profile.Builder profile;
    try {
      profile = Profile.newBuilder().mergeFrom(pprof);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("Not a pprof: " + e.getMessage(), e);
    }

    Strings strings = new Strings(profile);
    if (scripting) {
      nameFunctionsByFile(profile, strings);
    } else {
      numberFunctions(profile);
      renameSampleTypes(profile, strings);
    }

    return profile.build().toByteArray();
  }

  private static void nameFunctionsByFile(Profile.Builder profile, Strings strings) {
    for (Function.Builder function : profile.getFunctionBuilderList()) {
      String file = strings.get(function.getFilename());
      if (!file.isEmpty()) {
        function.setName(strings.index(file + " " + strings.get(function.getName())));
      }
    }
  }

  /** .NET leaves out the ids where the n-th location is the n-th function. */
  private static void numberFunctions(Profile.Builder profile) {
    if (profile.getFunctionCount() != profile.getLocationCount()
        || profile.getFunctionList().stream().anyMatch(function -> function.getId() != 0)) {
      return;
    }

    for (int i = 0; i < profile.getFunctionCount(); i++) {
      profile.getFunctionBuilder(i).setId(i + 1);
      Location.Builder location = profile.getLocationBuilder(i);
      for (Line.Builder line : location.getLineBuilderList()) {
        line.setFunctionId(i + 1);
      }
    }
  }

  private static void renameSampleTypes(Profile.Builder profile, Strings strings) {
    for (ValueType.Builder type : profile.getSampleTypeBuilderList()) {
      type.setType(strings.index(strings.get(type.getType()).replace('-', '_')));
    }
  }

  /** A profile's string table, extended on demand. */
  private static final class Strings {

    private final Profile.Builder profile;
    private final Map<String, Integer> added = new HashMap<>();

    Strings(Profile.Builder profile) {
      this.profile = profile;
    }

    String get(long index) {
      if (index < 0 || index >= profile.getStringTableCount()) {
        throw new IllegalArgumentException("string index out of range: " + index);
      }

      return profile.getStringTable((int) index);
    }

    int index(String string) {
      return added.computeIfAbsent(
          string,
          s -> {
            profile.addStringTable(s);
            return profile.getStringTableCount() - 1;
          });
    }
  }
}
