/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import static io.flamelake.model.pprof.ProtobufCursor.LENGTH_DELIMITED;
import static io.flamelake.model.pprof.ProtobufCursor.VARINT;

import io.flamelake.gateway.convert.Malformed;
import io.flamelake.gateway.otlp.AttributeValue.Kind;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.ProtobufCursor;
import io.flamelake.rpc.MemoryBudget.Reservation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds the profiles of an export, and the attributes of what they come from. */
final class ExportReader {

  /**
   * Every profile, and every resource, costs some objects, however short it is. Collectors send a
   * few per process and second.
   */
  static final int MAX_PROFILES = 100_000;

  /** What a label takes beside its texts. */
  private static final long LABEL_BYTES = 64;

  private static final int FIRST = 1 << 3 | LENGTH_DELIMITED;
  private static final int SECOND = 2 << 3 | LENGTH_DELIMITED;
  private static final int RESOURCE_ATTRIBUTE = 1 << 3 | LENGTH_DELIMITED;
  private static final int SCOPE_ATTRIBUTE = 3 << 3 | LENGTH_DELIMITED;

  private final byte[] export;
  private final Dictionary dictionary;
  private final Reservation reservation;
  private final List<ScopedProfile> profiles = new ArrayList<>();

  private ExportReader(Dictionary dictionary, Reservation reservation) {
    this.export = dictionary.export();
    this.dictionary = dictionary;
    this.reservation = reservation;
  }

  /** The parts that make up the dictionary. */
  static List<Part> dictionaryParts(byte[] export) {
    return parts(new ProtobufCursor(export, 0, export.length), SECOND);
  }

  /** The parts that are a {@code ResourceProfiles} each. */
  static List<Part> resourceParts(byte[] export) {
    return parts(new ProtobufCursor(export, 0, export.length), FIRST);
  }

  /**
   * Finds the profiles of some resources, in their order.
   *
   * @throws MalformedProfileException if an attribute refers to what is not in the dictionary, or
   *     there are more than {@value #MAX_PROFILES} profiles
   */
  static List<ScopedProfile> profiles(
      List<Part> resources, Dictionary dictionary, Reservation reservation) {
    ExportReader reader = new ExportReader(dictionary, reservation);
    for (Part resource : resources) {
      reader.readResource(resource);
    }

    return reader.profiles;
  }

  private void readResource(Part resource) {
    List<Part> scopes = parts(cursor(resource), SECOND);
    if (scopes.isEmpty()) {
      return;
    }

    Map<String, String> labels = new LinkedHashMap<>();
    for (Part part : parts(cursor(resource), FIRST)) {
      readAttributes(cursor(part), RESOURCE_ATTRIBUTE, labels);
    }

    for (Part scope : scopes) {
      readScope(scope, labels);
    }
  }

  private void readScope(Part scope, Map<String, String> resourceLabels) {
    List<Part> found = parts(cursor(scope), SECOND);
    if (found.isEmpty()) {
      return;
    }

    if (found.size() > MAX_PROFILES - profiles.size()) {
      throw Malformed.of(
          "More than %d resources, scopes or profiles before byte %d"
              .formatted(MAX_PROFILES, scope.offset() + scope.length()));
    }

    Map<String, String> labels = resourceLabels;
    List<Part> scopeParts = parts(cursor(scope), FIRST);
    if (!scopeParts.isEmpty()) {
      reservation.grow(LABEL_BYTES * resourceLabels.size());
      labels = new LinkedHashMap<>(resourceLabels);
      for (Part part : scopeParts) {
        readAttributes(cursor(part), SCOPE_ATTRIBUTE, labels);
      }
    }

    for (Part part : found) {
      profiles.add(new ScopedProfile(labels, part));
    }
  }

  /** Adds the attributes that can be labels; of two with one key the first counts. */
  private void readAttributes(ProtobufCursor in, int field, Map<String, String> labels) {
    while (in.hasMore()) {
      int tag = in.readTag();
      if (tag == field) {
        readAttribute(in, labels);
      } else {
        in.skip(tag);
      }
    }
  }

  private void readAttribute(ProtobufCursor in, Map<String, String> labels) {
    int start = in.position();
    String key = "";
    AttributeValue value = AttributeValue.OTHER;
    int outer = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      switch (tag) {
        case 1 << 3 | LENGTH_DELIMITED -> {
          int length = in.readLength();
          key = StringTable.text(export, in.position(), length);
          in.seek(in.position() + length);
        }
        case 2 << 3 | LENGTH_DELIMITED -> value = AttributeValue.read(in);
        case 3 << 3 | VARINT ->
            key =
                dictionary
                    .strings()
                    .text(TableIndex.read(in, "String", dictionary.strings().size()));
        default -> in.skip(tag);
      }
    }

    in.leave(outer);
    if (value.kind() == Kind.TEXT_INDEX) {
      TableIndex.check(value.bits(), start, "String", dictionary.strings().size());
    }

    String text = AttributeTable.text(value, export, dictionary.strings());
    if (!key.isEmpty() && text != null) {
      reservation.grow(LABEL_BYTES + 2L * (key.length() + text.length()));
      labels.putIfAbsent(key, text);
    }
  }

  private ProtobufCursor cursor(Part part) {
    return new ProtobufCursor(export, part.offset(), part.length());
  }

  /** The messages of one field. */
  private static List<Part> parts(ProtobufCursor in, int field) {
    List<Part> parts = new ArrayList<>();
    while (in.hasMore()) {
      int tag = in.readTag();
      if (tag != field) {
        in.skip(tag);
        continue;
      }

      if (parts.size() == MAX_PROFILES) {
        throw Malformed.of(
            "More than %d resources, scopes or profiles before byte %d"
                .formatted(MAX_PROFILES, in.position()));
      }

      int length = in.readLength();
      parts.add(new Part(in.position(), length));
      in.seek(in.position() + length);
    }

    return parts;
  }
}
