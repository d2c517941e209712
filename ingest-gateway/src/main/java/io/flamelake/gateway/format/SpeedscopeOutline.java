/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.gateway.convert.ConversionMemory;
import io.flamelake.gateway.convert.Malformed;
import io.flamelake.model.pprof.PprofFrame;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a speedscope file has beside its samples. Read first, since fields come in any order: frames
 * may follow the samples that refer to them, and units the values.
 *
 * @param frames by the indexes that the samples have, as numbers of the tree
 * @param profiles in the order of the file
 */
record SpeedscopeOutline(int[] frames, List<Profile> profiles) {

  private static final String SCHEMA = "https://www.speedscope.app/file-format-schema.json";

  /** Each becomes a series, and costs its own however small it is. */
  private static final int MAX_PROFILES = 1_000;

  private static final int BYTES_PER_INDEX = 2 * Integer.BYTES * 2;

  /**
   * One profile of the file.
   *
   * @param evented whether it has events, not samples
   */
  record Profile(String name, SpeedscopeUnit unit, boolean evented) {}

  static SpeedscopeOutline read(byte[] file, StackTree tree, ConversionMemory memory) {
    try (SpeedscopeJson json = new SpeedscopeJson(file)) {
      return new Reader(json, tree, memory).read();
    }
  }

  private static final class Reader {

    private final SpeedscopeJson json;
    private final StackTree tree;
    private final ConversionMemory memory;
    private final IntArrayList frames = new IntArrayList();
    private final List<Profile> profiles = new ArrayList<>();
    private @Nullable String schema;

    Reader(SpeedscopeJson json, StackTree tree, ConversionMemory memory) {
      this.json = json;
      this.tree = tree;
      this.memory = memory;
    }

    SpeedscopeOutline read() {
      json.begin();
      json.forEachField(
          name -> {
            switch (name) {
              case "$schema" -> schema = json.string();
              case "shared" -> json.forEachField(this::readShared);
              case "profiles" -> json.forEachElement(() -> profiles.add(readProfile()));
              default -> json.skip();
            }
          });
      json.end();
      if (!SCHEMA.equals(schema)) {
        throw Malformed.of(
            "$schema: "
                + (schema == null ? "missing" : Malformed.quote(schema))
                + " (expected: '"
                + SCHEMA
                + "')");
      }

      return new SpeedscopeOutline(frames.toIntArray(), profiles);
    }

    private void readShared(String field) {
      if (field.equals("frames")) {
        json.forEachElement(this::readFrame);
      } else {
        json.skip();
      }
    }

    private void readFrame() {
      FrameFields frame = new FrameFields();
      json.forEachField(
          name -> {
            switch (name) {
              case "name" -> frame.name = json.string();
              case "file" -> frame.file = json.optionalString();
              case "line" -> frame.line = json.lineNumber();
              default -> json.skip();
            }
          });
      memory.take(BYTES_PER_INDEX);
      frames.add(tree.frame(new PprofFrame(frame.name, frame.file, frame.line)));
    }

    private Profile readProfile() {
      if (profiles.size() == MAX_PROFILES) {
        throw json.malformed("More than " + MAX_PROFILES + " profiles");
      }

      ProfileFields profile = new ProfileFields();
      json.forEachField(
          name -> {
            switch (name) {
              case "name" -> profile.name = json.optionalString();
              case "unit" -> profile.unit = json.string();
              case "type" -> profile.type = json.string();
              default -> json.skip();
            }
          });
      boolean evented = profile.type.equals("evented");
      if (!evented && !profile.type.equals("sampled")) {
        throw json.malformed(
            "type: " + Malformed.quote(profile.type) + " (expected: 'evented' or 'sampled')");
      }

      return new Profile(profile.name, SpeedscopeUnit.of(profile.unit), evented);
    }
  }

  /** The fields of a frame as they come, in any order. */
  private static final class FrameFields {
    private String name = "";
    private String file = "";
    private int line;
  }

  /** The fields of a profile as they come, in any order. */
  private static final class ProfileFields {
    private String name = "";
    private String unit = "none";
    private String type = "";
  }
}
