/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import com.google.protobuf.InvalidProtocolBufferException;
import io.flamelake.proto.google.v1.Function;
import io.flamelake.proto.google.v1.Line;
import io.flamelake.proto.google.v1.Location;
import io.flamelake.proto.google.v1.Mapping;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import io.flamelake.proto.google.v1.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;

/** A pprof read by protobuf's own classes. */
public final class PprofProto {

  private PprofProto() {}

  public static Profile parse(byte[] pprof) {
    try {
      return Profile.parseFrom(pprof);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("Not a pprof", e);
    }
  }

  public static String type(Profile pprof, ValueType type) {
    return pprof.getStringTable((int) type.getType())
        + ":"
        + pprof.getStringTable((int) type.getUnit());
  }

  /** Frames, leaf first: {@code function@file:line}, or a file with what its mapping says. */
  public static String stack(Profile pprof, Sample sample) {
    List<String> frames = new ArrayList<>();
    for (long id : sample.getLocationIdList()) {
      Location location =
          pprof.getLocationList().stream()
              .filter(candidate -> candidate.getId() == id)
              .findFirst()
              .orElseThrow();
      for (Line line : location.getLineList()) {
        Function function = function(pprof, line.getFunctionId());
        frames.add(
            pprof.getStringTable((int) function.getName())
                + "@"
                + pprof.getStringTable((int) function.getFilename())
                + ":"
                + line.getLine());
      }

      if (location.getLineCount() == 0) {
        Mapping mapping = mapping(pprof, location.getMappingId());
        frames.add(
            pprof.getStringTable((int) mapping.getFilename())
                + "+"
                + location.getAddress()
                + "-"
                + mapping.getMemoryStart()
                + "-"
                + mapping.getMemoryLimit()
                + "-"
                + mapping.getFileOffset());
      }
    }

    return String.join(";", frames);
  }

  public static Mapping mapping(Profile pprof, long id) {
    if (id == 0) {
      return Mapping.getDefaultInstance();
    }

    return pprof.getMappingList().stream()
        .filter(mapping -> mapping.getId() == id)
        .findFirst()
        .orElseThrow(NoSuchElementException::new);
  }

  private static Function function(Profile pprof, long id) {
    return pprof.getFunctionList().stream()
        .filter(function -> function.getId() == id)
        .findFirst()
        .orElseThrow(NoSuchElementException::new);
  }
}
