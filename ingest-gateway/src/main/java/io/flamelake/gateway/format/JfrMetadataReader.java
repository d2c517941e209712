/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.gateway.convert.ConversionMemory;
import io.flamelake.gateway.convert.Malformed;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the types that a chunk declares. They are a tree of elements with attributes: classes hold
 * fields, both may hold annotations.
 */
final class JfrMetadataReader {

  private static final int METADATA_EVENT = 0;
  private static final int BYTES_PER_STRING = 56;
  private static final int BYTES_PER_ELEMENT = 64;
  private static final int BYTES_PER_CLASS = 256;

  private final JfrInput in;
  private final ConversionMemory memory;
  private final JfrTypes types = new JfrTypes();
  private String[] strings = {};

  // Of the elements on the way from the root: which class each is, if any, and how many of its
  // children are still to come.
  private final List<@Nullable JfrType> classes = new ArrayList<>();
  private final IntArrayList missing = new IntArrayList();

  private JfrMetadataReader(JfrInput in, ConversionMemory memory) {
    this.in = in;
    this.memory = memory;
  }

  static JfrTypes read(JfrChunk chunk, JfrInput in, ConversionMemory memory) {
    JfrEvents.enter(in, chunk, chunk.metadata(), METADATA_EVENT);
    return new JfrMetadataReader(in, memory).read();
  }

  private JfrTypes read() {
    // Start, duration and id of the metadata.
    in.readLong();
    in.readLong();
    in.readLong();
    readStrings();
    do {
      readElement();
      while (!missing.isEmpty() && missing.topInt() == 0) {
        missing.popInt();
        classes.remove(classes.size() - 1);
      }

      if (!missing.isEmpty()) {
        missing.push(missing.popInt() - 1);
      }
    } while (!missing.isEmpty());

    return types;
  }

  private void readStrings() {
    int count = in.readCount("Number of strings");
    memory.take((long) BYTES_PER_STRING * count);
    strings = new String[count];
    for (int i = 0; i < count; i++) {
      strings[i] = in.readString(null);
    }
  }

  private void readElement() {
    memory.take(BYTES_PER_ELEMENT);
    String element = readReference();
    String name = "";
    String id = "";
    String type = "";
    String dimension = "0";
    boolean pooled = false;
    for (int left = in.readCount("Number of attributes"); left > 0; left--) {
      String key = readReference();
      String value = readReference();
      switch (key) {
        case "name" -> name = value;
        case "id" -> id = value;
        case "class" -> type = value;
        case "dimension" -> dimension = value;
        case "constantPool" -> pooled = value.equals("true");
        default -> {}
      }
    }

    JfrType declared = null;
    if (element.equals("class")) {
      memory.take(BYTES_PER_CLASS);
      declared = new JfrType(name);
      types.add(parse(id), declared);
    } else if (element.equals("field") && !classes.isEmpty()) {
      JfrType owner = classes.get(classes.size() - 1);
      if (owner != null) {
        owner.fields().add(new JfrField(name, parse(type), !dimension.equals("0"), pooled));
      }
    }

    classes.add(declared);
    missing.push(in.readCount("Number of elements"));
  }

  private String readReference() {
    int start = in.position();
    long index = in.readLong();
    if (index < 0 || index >= strings.length) {
      throw Malformed.at(
          start, "Index of a string: " + index + " (expected: below " + strings.length + ")");
    }

    return strings[(int) index];
  }

  private static long parse(String id) {
    try {
      return Long.parseLong(id);
    } catch (NumberFormatException e) {
      throw Malformed.of("Id of a type: " + Malformed.quote(id) + " (expected: a number)");
    }
  }
}
