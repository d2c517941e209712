/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes JFR files of one chunk byte by byte, so that they can lie. */
final class JfrFile {

  static final int HEADER_BYTES = 68;

  /** Ids of the types that {@link #types} declares. */
  static final long INT = 10;

  static final long STRING = 11;
  static final long STACK_TRACE = 20;
  static final long FRAME = 21;
  static final long METHOD = 22;
  static final long CLASS = 23;
  static final long SYMBOL = 24;
  static final long MALLOC = 30;

  private JfrFile() {}

  /** An element of the metadata. */
  static final class Element {

    final String name;
    final Map<String, String> attributes = new LinkedHashMap<>();
    final List<Element> children = new ArrayList<>();

    Element(String name, String... attributes) {
      this.name = name;
      for (int i = 0; i < attributes.length; i += 2) {
        this.attributes.put(attributes[i], attributes[i + 1]);
      }
    }

    Element with(Element... more) {
      children.addAll(List.of(more));
      return this;
    }
  }

  /** The types of stacks and of one event. */
  static Element types() {
    return new Element("root")
        .with(
            new Element("metadata")
                .with(
                    type(INT, "int"),
                    type(STRING, "java.lang.String"),
                    type(SYMBOL, "jdk.types.Symbol").with(field("string", STRING)),
                    type(CLASS, "java.lang.Class").with(pooled("name", SYMBOL)),
                    type(METHOD, "jdk.types.Method")
                        .with(pooled("type", CLASS), pooled("name", SYMBOL)),
                    type(FRAME, "jdk.types.StackFrame")
                        .with(pooled("method", METHOD), field("lineNumber", INT)),
                    type(STACK_TRACE, "jdk.types.StackTrace").with(array("frames", FRAME)),
                    type(MALLOC, "profiler.Malloc")
                        .with(pooled("stackTrace", STACK_TRACE), field("size", INT))));
  }

  static Element type(long id, String name) {
    return new Element("class", "id", Long.toString(id), "name", name);
  }

  static Element field(String name, long type) {
    return new Element("field", "name", name, "class", Long.toString(type));
  }

  static Element pooled(String name, long type) {
    Element field = field(name, type);
    field.attributes.put("constantPool", "true");
    return field;
  }

  static Element array(String name, long type) {
    Element field = field(name, type);
    field.attributes.put("dimension", "1");
    return field;
  }

  /** Pools with the stack {@code A.f}, key 1. */
  static byte[] pools() {
    return bytes(
        number(4),
        pool(SYMBOL, 2, number(1), string("A"), number(2), string("f")),
        pool(CLASS, 1, numbers(1, 1)),
        pool(METHOD, 1, numbers(1, 1, 2)),
        pool(STACK_TRACE, 1, numbers(1, 1, 1, 12)));
  }

  static byte[] pool(long type, long count, byte[]... entries) {
    return bytes(number(type), number(count), bytes(entries));
  }

  /** A whole file, whose metadata and constants come first. */
  static byte[] of(Element types, byte[] pools, byte[]... events) {
    byte[] metadata = event(0, numbers(0, 0, 0), metadata(types));
    byte[] constants = event(1, numbers(0, 0, 0, 0), pools);
    return chunk(metadata.length, bytes(metadata, constants, bytes(events)));
  }

  /** A chunk with the metadata at the begin of its body. */
  static byte[] chunk(int constantsInBody, byte[] body) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header
        .put("FLR\0".getBytes(StandardCharsets.ISO_8859_1))
        .putShort((short) 2)
        .putShort((short) 0);
    header.putLong(HEADER_BYTES + body.length);
    header.putLong(HEADER_BYTES + constantsInBody).putLong(HEADER_BYTES);
    header.putLong(0).putLong(0).putLong(0).putLong(1_000_000_000).putInt(1);
    return bytes(header.array(), body);
  }

  static byte[] event(long type, byte[]... content) {
    byte[] rest = bytes(number(type), bytes(content));
    int size = rest.length + 1;
    while (number(size).length + rest.length != size) {
      size++;
    }

    return bytes(number(size), rest);
  }

  static byte[] metadata(Element root) {
    List<String> strings = new ArrayList<>();
    ByteArrayOutputStream elements = new ByteArrayOutputStream();
    write(root, strings, elements);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(number(strings.size()));
    strings.forEach(string -> out.writeBytes(string(string)));
    out.writeBytes(elements.toByteArray());
    return out.toByteArray();
  }

  static byte[] number(long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long rest = value;
    for (int i = 0; i < 8; i++) {
      if ((rest & ~0x7fL) == 0) {
        out.write((int) rest);
        return out.toByteArray();
      }

      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }

    out.write((int) rest);
    return out.toByteArray();
  }

  static byte[] numbers(long... values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (long value : values) {
      out.writeBytes(number(value));
    }

    return out.toByteArray();
  }

  static byte[] string(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return bytes(new byte[] {3}, number(utf8.length), utf8);
  }

  static byte[] bytes(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }

    return out.toByteArray();
  }

  private static void write(Element element, List<String> strings, ByteArrayOutputStream out) {
    out.writeBytes(number(index(element.name, strings)));
    out.writeBytes(number(element.attributes.size()));
    element.attributes.forEach(
        (key, value) -> {
          out.writeBytes(number(index(key, strings)));
          out.writeBytes(number(index(value, strings)));
        });
    out.writeBytes(number(element.children.size()));
    element.children.forEach(child -> write(child, strings, out));
  }

  private static int index(String string, List<String> strings) {
    if (!strings.contains(string)) {
      strings.add(string);
    }

    return strings.indexOf(string);
  }
}
